/** clamd.ts: asks ClamAV's daemon about a stream of bytes, by its command INSTREAM. */
import { once } from 'node:events'
import { connect } from 'node:net'

/** The daemon ends a connection that is silent for so long, too. */
const TIMEOUT_MS = 120_000
/** Of a response: a name of a virus and a word. */
const MAX_RESPONSE_CHARS = 1000

/**
 * @returns the name of what was found, or nothing
 * @throws when the daemon cannot be asked, or says neither yes nor no: such a file is not clean
 */
export async function scanWithClamd(
  bytes: AsyncIterable<Uint8Array>,
  { host, port }: { host: string; port: number },
): Promise<string | undefined> {
  const socket = connect(port, host).setTimeout(TIMEOUT_MS, () => {
    socket.destroy(new Error('clamd did not respond in time.'))
  })
  let response = ''
  const ended = new Promise<void>((resolve, reject) => {
    socket.setEncoding('utf8').on('data', (text) => {
      response += text
      if (response.length > MAX_RESPONSE_CHARS) socket.destroy(new Error('clamd says too much.'))
    })
    socket.once('end', resolve).once('error', reject)
  })
  // Awaited below; a failure meanwhile ends the loop by the socket.
  ended.catch(() => {})
  try {
    socket.write('zINSTREAM\0')
    for await (const chunk of bytes) {
      if (socket.destroyed || chunk.length === 0) continue
      const length = Buffer.alloc(4)
      length.writeUInt32BE(chunk.length)
      socket.write(length)
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), ended])
    }
    socket.end(Buffer.alloc(4))
    await ended
  } finally {
    socket.destroy()
  }
  const [, found] = /^stream: (?:OK|(.+) FOUND)\0?$/.exec(response) ?? []
  if (found !== undefined) return found
  if (/^stream: OK\0?$/.test(response)) return undefined
  throw new Error('clamd could not scan the file.')
}
