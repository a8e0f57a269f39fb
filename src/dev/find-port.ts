import { once } from 'node:events'
import { createServer } from 'node:net'

const HOST = '127.0.0.1'

/**
 * Below the ports that systems give to outgoing connections and to servers that ask for any port (Linux: 32 768 on).
 * Otherwise another program may take a port between the answer of `findPort` and the start of the server it is for, or
 * while that server is down – even a client that connects to that very port, and so to itself.
 *
 * @see https://docs.kernel.org/networking/ip-sysctl.html#ip-variables ip_local_port_range
 */
const FIRST_PORT = 15_000
const LAST_PORT = 32_000
const MAX_TRIES = 100

const givenPorts = new Set<number>()

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}

/**
 * A TCP port on 127.0.0.1 that nobody uses now, and that stays free for a server that starts later, or again.
 *
 * @param wanted is taken when it is free; 0: any
 * @throws when this process may not listen on `wanted`, or no port is free
 */
export async function findPort(wanted = 0): Promise<number> {
  if (wanted !== 0 && !givenPorts.has(wanted) && (await canListen(wanted))) return give(wanted)
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
    if (!givenPorts.has(port) && (await canListen(port))) return give(port)
  }
  throw new Error('No free port.')
}

function give(port: number): number {
  givenPorts.add(port)
  return port
}
