/**
 * A TCP proxy before a server, whose connections share a line. It knows nothing of what it passes: TLS stays whole. A closed
 * connection is passed on as such (FIN), a broken one as broken (RST), each after its way.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Line } from './line.ts'

/** So many bytes wait before the line; then the sender is not read any more. */
const MAX_QUEUED_BYTES = 64 * 1024

export interface ShapedProxy {
  port: number
  /** Since the last call. */
  takeConnections(): number
  /** What is on its way, or waits before the line, never arrives. @returns ends the connections */
  freeze(): () => void
  close(): Promise<void>
}

function pipeThrough(line: Line, from: Socket, to: Socket, direction: 'up' | 'down'): () => void {
  const flow = line.open(
    direction,
    (chunk) => to.write(chunk),
    () => flow.queuedBytes < MAX_QUEUED_BYTES && from.resume(),
  )
  from.on('data', (chunk: Buffer) => {
    flow.push(chunk)
    if (flow.queuedBytes >= MAX_QUEUED_BYTES) from.pause()
  })
  from.on('end', () => flow.end(() => to.end()))
  from.on('error', () => setTimeout(() => to.resetAndDestroy(), line.rules.rttMs / 2))
  return () => flow.stop()
}

export async function createShapedProxy(
  line: Line,
  targetPort: () => number,
): Promise<ShapedProxy> {
  const sockets = new Set<Socket>()
  const flows = new Set<() => void>()
  let connections = 0

  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    connections += 1
    client.setNoDelay(true)
    client.on('error', () => {})
    sockets.add(client)
    // The handshake of TCP takes a round trip before the first byte leaves.
    setTimeout(() => {
      if (client.destroyed) return
      const server = connect({ port: targetPort(), host: '127.0.0.1', allowHalfOpen: true })
      server.setNoDelay(true)
      sockets.add(server)
      const stops = [
        pipeThrough(line, client, server, 'up'),
        pipeThrough(line, server, client, 'down'),
      ]
      const stopBoth = () => {
        for (const stop of stops) stop()
        flows.delete(stopBoth)
      }
      flows.add(stopBoth)
      for (const socket of [client, server]) {
        socket.on('close', () => {
          sockets.delete(socket)
          if (client.destroyed && server.destroyed) stopBoth()
        })
      }
      client.resume()
    }, line.rules.rttMs)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    takeConnections() {
      const taken = connections
      connections = 0
      return taken
    },
    freeze() {
      const frozen = [...sockets]
      for (const stop of flows) stop()
      return () => {
        for (const socket of frozen) socket.destroy()
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
