/**
 * Helpers of a browser as child processes, each the head of its own process group: ending the group ends
 * what it started in turn, and nothing else. None outlives this process, however it ends.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'

const END_MS = 5000
const MAX_WORDS_CHARS = 20_000

/** Waits until its input ends, which no death of ours can prevent; then ends the group and removes the folder. */
const HEIR =
  'read -r _; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"; [ -z "$2" ] || rm -rf -- "$2"'

export interface Helper {
  /** What it has said so far on stdout and stderr, the end of it. */
  readWords(): string
  stop(): Promise<void>
}

export interface HelperOptions {
  env?: NodeJS.ProcessEnv
  /** Both outputs are pipes unless said otherwise. */
  stdio?: StdioOptions
  /** Asked every 50 ms. */
  isReady: (child: ChildProcess, words: string) => boolean | Promise<boolean>
  /** @default 30 s */
  timeoutMs?: number
  /** Removed when it has ended. */
  folder?: string
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // No process of it is left.
  }
}

/**
 * A process that ends a process group, and removes its folder, when this process is gone without having done so.
 * @returns to be called when it has been done
 */
export function appointHeir({ pid }: ChildProcess, folder: string): () => void {
  if (!pid) return () => {}
  const heir = spawn('sh', ['-c', HEIR, 'sh', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  heir.unref()
  return () => {
    heir.kill('SIGKILL')
  }
}

/**
 * Starts a helper and waits until it is ready.
 * @throws with the helper's own words when it ends before, or is not ready in time
 */
export async function startHelper(
  command: string,
  args: string[],
  options: HelperOptions,
): Promise<Helper> {
  const { env, stdio = ['ignore', 'pipe', 'pipe'], folder = '' } = options
  const { isReady, timeoutMs = 30_000 } = options
  const child = spawn(command, args, { detached: true, stdio, env: { ...process.env, ...env } })
  const dismissHeir = appointHeir(child, folder)
  let words = ''
  let end: string | undefined
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      words = `${words}${data}`.slice(-MAX_WORDS_CHARS)
    })
  }
  child.once('error', (error) => {
    end = error.message
  })
  child.once('exit', (code, signal) => {
    end = `exit ${code ?? signal}`
  })

  async function stop(): Promise<void> {
    if (!end) {
      const ended = once(child, 'exit')
      const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), END_MS)
      signalGroup(child, 'SIGTERM')
      await ended
      clearTimeout(timer)
    }
    signalGroup(child, 'SIGKILL')
    dismissHeir()
    if (folder) await rm(folder, { recursive: true, force: true })
  }

  const deadline = performance.now() + timeoutMs
  while (!end && performance.now() < deadline) {
    if (await isReady(child, words)) return { readWords: () => words, stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const why = end ?? `not ready after ${timeoutMs} ms`
  await stop()
  throw new Error(`${command} ${args[0] ?? ''} did not start (${why}). ${words}`)
}
