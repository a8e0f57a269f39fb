/**
 * For compose.yaml: waits for the local OSS, trusts the key that it signs callbacks with, and starts the service.
 * Never in production, where the service trusts the one key of OSS.
 */
import { setTimeout as sleep } from 'node:timers/promises'

const WAIT_MS = 60_000
const PAUSE_MS = 500

/** The name of the key in callbacks, and where it is served. */
const keyUrl = process.env.LOCAL_OSS_KEY_URL ?? ''

async function readKey() {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(PAUSE_MS)) {
    try {
      const response = await fetch(keyUrl, { signal: AbortSignal.timeout(PAUSE_MS * 4) })
      if (response.ok) return await response.text()
    } catch {
      // It does not listen yet.
    }
  }
  throw new Error(`The local OSS does not serve its key at ${keyUrl} (LOCAL_OSS_KEY_URL).`)
}

process.env.UPCALL_CALLBACK_KEYS = JSON.stringify({ [keyUrl]: await readKey() })
await import('../dist/src/entry/node.js')
