/**
 * A TCP connection to a local server, for tests that write bytes themselves.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/**
 * @returns the connection once it is open; rejects when it is refused.
 * A reset after that is no error of the test that forgot the connection: a server that stops resets those which its
 * kernel had accepted. Who reads the connection sees it end or reject.
 */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}
