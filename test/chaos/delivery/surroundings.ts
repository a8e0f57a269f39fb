/** What a deployment is surrounded by: the local OSS with faults, the application, the settings. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type CallbackFault, createEmulator } from '../../../src/emulator/index.ts'
import { listen } from '../../../src/emulator/listen.ts'
import { changeEnvironment } from '../../support/environment.ts'
import { ACCESS_KEY, CALLBACK_KEY } from '../../support/keys.ts'
import type { ReceiverTable } from './table.ts'

export const OPERATOR_TOKEN = 'PLANTED-operator-token-of-at-least-32-chars'
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
export const SWEEP_SECONDS = 2
/** Callbacks that are delayed for longer than this meet the sweep. */
export const SWEEP_OLDER_THAN_SECONDS = 2
/** Shares of all callbacks. */
const LOST = 0.05
const REPEATED = 0.05
const DELAYED = 0.05
const MAX_DELAY_MS = 4000
const RECEIVER = fileURLToPath(new URL('./receiver.ts', import.meta.url))

export async function startReceiver() {
  const child = fork(RECEIVER, { env: { ...process.env, RECEIVER_SECRET: WEBHOOK_SECRET } })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    readTable: async () => (await (await fetch(`${url}/table`)).json()) as ReceiverTable,
    async close() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

export async function startOss() {
  const callbacks = { lost: 0, repeated: 0, delayed: 0 }
  function onCallback(): CallbackFault | undefined {
    const dice = Math.random()
    if (dice < LOST) {
      callbacks.lost += 1
      return { kind: 'unreachable' }
    }
    if (dice < LOST + REPEATED) {
      callbacks.repeated += 1
      return { kind: 'repeat', times: 2 }
    }
    if (dice < LOST + REPEATED + DELAYED) {
      callbacks.delayed += 1
      return { kind: 'delay', ms: Math.random() * MAX_DELAY_MS }
    }
    return undefined
  }
  const emulator = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: ['examplebucket'],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    allowPrivateCallbacks: true,
    faults: { onCallback },
  })
  const server = await listen(emulator, { port: 0 })
  return {
    url: server.url,
    callbacks,
    async close() {
      await server.close()
      await emulator.close()
    },
  }
}

export function buildEnvironment(publicUrl: string, ossUrl: string, webhookUrl: string) {
  return changeEnvironment({
    OSS_ENDPOINT: ossUrl,
    UPCALL_PUBLIC_URL: publicUrl,
    UPCALL_PROFILES: JSON.stringify({
      document: { key: 'documents/{id}.{ext}', types: ['text/*'], maxSize: 10_000, vars: ['note'] },
    }),
    UPCALL_WEBHOOK_URL: `${webhookUrl}/events`,
    UPCALL_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    UPCALL_OPERATOR_TOKEN: OPERATOR_TOKEN,
    // All pages have one user and one address; counting goes on.
    UPCALL_RATE_SUBJECT: '1000000',
    UPCALL_RATE_ADDRESS: '1000000',
    UPCALL_SWEEP_SECONDS: String(SWEEP_SECONDS),
    UPCALL_SWEEP_OLDER_THAN_SECONDS: String(SWEEP_OLDER_THAN_SECONDS),
  })
}
