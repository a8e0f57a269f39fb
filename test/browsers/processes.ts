/**
 * Helpers of a browser as child processes, each the head of its own process group: ending the group ends
 * what it started in turn, and nothing else. None outlives this process.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

const END_MS = 5000

export interface Helper {
  child: ChildProcess
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // Nobody of it is left.
  }
}

function endAll(): void {
  for (const child of running) signalGroup(child, 'SIGKILL')
  running.clear()
}

function watchOwnEnd(): void {
  process.once('exit', endAll)
  // A test worker whose parent is gone.
  process.once('disconnect', endAll)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      endAll()
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    })
  }
}

/**
 * Starts a helper and waits until `isReady` says so; it is asked every 50 ms.
 * @throws with the helper's own words when it ends before, or is not ready within `timeoutMs`
 */
export async function startHelper(
  command: string,
  args: string[],
  options: {
    env?: NodeJS.ProcessEnv
    stdio?: StdioOptions
    isReady: (child: ChildProcess) => boolean | Promise<boolean>
    timeoutMs?: number
  },
): Promise<Helper> {
  const { env, stdio = ['ignore', 'ignore', 'pipe'], isReady, timeoutMs = 30_000 } = options
  if (running.size === 0 && process.listenerCount('exit', endAll) === 0) watchOwnEnd()
  const child = spawn(command, args, {
    detached: true,
    stdio,
    env: { ...process.env, ...env },
  })
  running.add(child)
  let words = ''
  let end: string | undefined
  child.stderr?.on('data', (data) => {
    words = `${words}${data}`.slice(-4000)
  })
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
    running.delete(child)
  }

  const deadline = performance.now() + timeoutMs
  while (!end && performance.now() < deadline) {
    if (await isReady(child)) return { child, stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const why = end ?? `not ready after ${timeoutMs} ms`
  await stop()
  throw new Error(`${command} did not start (${why}). ${words}`)
}
