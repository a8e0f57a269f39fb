/** The CPU profile of a worker in workerd, asked for through its inspector. */
import type { Profiler } from 'node:inspector/promises'

interface Reply {
  id?: number
  result?: { profile?: Profiler.Profile }
}

/** Microseconds between two samples. */
const INTERVAL = 200

/** @returns the profile of the time that `work` takes */
export async function profileWorkerd(
  inspectorPort: number,
  work: () => Promise<unknown>,
): Promise<Profiler.Profile> {
  const socket = new WebSocket(`ws://127.0.0.1:${inspectorPort}/worker-0`)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error('The inspector of workerd does not respond.'))
  })
  let lastId = 0
  function ask(method: string, params = {}): Promise<Reply> {
    lastId += 1
    const id = lastId
    const reply = new Promise<Reply>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as Reply
        if (message.id === id) resolve(message)
      })
    })
    socket.send(JSON.stringify({ id, method, params }))
    return reply
  }
  await ask('Profiler.enable')
  await ask('Profiler.setSamplingInterval', { interval: INTERVAL })
  await ask('Profiler.start')
  await work()
  const { result } = await ask('Profiler.stop')
  socket.close()
  if (!result?.profile) throw new Error('The inspector of workerd has no profile.')
  return result.profile
}
