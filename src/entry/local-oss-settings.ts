/** What a service needs to know of a running local OSS. */
import type { Environment } from './env-files.ts'
import { UsageError } from './usage.ts'

const LOCAL_KEY_PATH = '/-/callback_pub_key.pem'
const LOCAL_TIMEOUT_MS = 5000

/** The local OSS signs its callbacks with a key of its own, which the service must be told. */
export async function readLocalOss(url: string, fetcher: typeof fetch): Promise<Environment> {
  const base = url.replace(/\/$/, '')
  const keyUrl = `${base}${LOCAL_KEY_PATH}`
  try {
    const response = await fetcher(keyUrl, { signal: AbortSignal.timeout(LOCAL_TIMEOUT_MS) })
    const key = response.ok ? await response.text() : ''
    if (!key.startsWith('-----BEGIN PUBLIC KEY-----')) throw new TypeError('no key')
    return { OSS_ENDPOINT: base, UPCALL_CALLBACK_KEYS: JSON.stringify({ [keyUrl]: key }) }
  } catch {
    throw new UsageError(
      `--local-oss: there is no local OSS at ${base}; start one with upcall emulator, and take its address.`,
    )
  }
}
