/**
 * A running local OSS in one line, for tests.
 *
 * ```ts
 * const oss = await startEmulator()
 * // … use oss.url, oss.bucket, oss.accessKeyId, oss.accessKeySecret
 * await oss.close()
 * ```
 */
import { createEmulator, type Emulator } from './app.ts'
import { type Listening, listen } from './listen.ts'
import { DEFAULT_ACCESS_KEY, DEFAULT_BUCKET, type EmulatorOptions } from './options.ts'

export interface StartOptions extends Partial<EmulatorOptions> {
  /** @default 0, a free port */
  port?: number
  /** @default '127.0.0.1' */
  host?: string
}

export interface RunningEmulator extends Listening {
  emulator: Emulator
  /** The first bucket; created ones are not counted. */
  bucket: string
  region: string
  /** The first access key. */
  accessKeyId: string
  accessKeySecret: string
  /** Closes the port, then the emulator with its storage. */
  close(): Promise<void>
}

/**
 * Callbacks may go to private addresses, because an application under test is on one.
 *
 * @throws TypeError when options contradict each other; an error of Node when the port cannot be opened
 */
export async function startEmulator({
  port = 0,
  host = '127.0.0.1',
  ...options
}: StartOptions = {}): Promise<RunningEmulator> {
  const emulator = createEmulator({ allowPrivateCallbacks: true, ...options })
  const listening = await listen(emulator, { port, host }).catch(async (error: unknown) => {
    await emulator.close()
    throw error
  })
  const [first = DEFAULT_BUCKET] = options.buckets ?? [DEFAULT_BUCKET]
  const { name, region = 'cn-hangzhou' } = typeof first === 'string' ? { name: first } : first
  const [{ accessKeyId, accessKeySecret } = DEFAULT_ACCESS_KEY] = options.accessKeys ?? []
  return {
    ...listening,
    emulator,
    bucket: name,
    region,
    accessKeyId,
    accessKeySecret,
    async close() {
      await listening.close()
      await emulator.close()
    },
  }
}
