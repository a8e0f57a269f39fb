/** What stands in front of several instances: passes each connection on to a random one that accepts it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Balancer {
  url: string
  close(): Promise<void>
}

export async function startBalancer(readPorts: () => readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>()

  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  }

  function pass(incoming: Socket, ports: readonly number[]): void {
    const [port, ...others] = ports
    if (port === undefined || incoming.destroyed) {
      incoming.destroy()
      return
    }
    const outgoing = connect(port, '127.0.0.1')
    keep(outgoing)
    const tryNext = (): void => pass(incoming, others)
    outgoing.once('error', tryNext)
    outgoing.once('connect', () => {
      outgoing.off('error', tryNext)
      incoming.pipe(outgoing).pipe(incoming)
      incoming.once('close', () => outgoing.destroy())
      outgoing.once('close', () => incoming.destroy())
    })
  }

  const server = createServer((incoming) => {
    keep(incoming)
    pass(
      incoming,
      [...readPorts()].sort(() => Math.random() - 0.5),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
