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

async function listenOnce(port: number): Promise<void> {
  const server = createServer().listen(port, HOST)
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/** Nobody else is given `port` from the first line on: several calls may run at once. */
async function take(port: number): Promise<{ error?: NodeJS.ErrnoException }> {
  givenPorts.add(port)
  try {
    await listenOnce(port)
    return {}
  } catch (error) {
    givenPorts.delete(port)
    return { error: error as NodeJS.ErrnoException }
  }
}

/**
 * A TCP port on 127.0.0.1 that nobody uses now, and that stays free for a server that starts later, or again.
 *
 * @param wanted is taken when it is free; 0: any
 * @throws when this process may not listen on `wanted`, or no port is free
 */
export async function findPort(wanted = 0): Promise<number> {
  if (wanted !== 0 && !givenPorts.has(wanted)) {
    const { error } = await take(wanted)
    if (!error) return wanted
    if (error.code !== 'EADDRINUSE') throw error
  }
  let lastError: Error | undefined
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
    if (givenPorts.has(port)) continue
    // Any reason counts: Windows, for one, has ranges in which nobody may listen (EACCES).
    const { error } = await take(port)
    if (!error) return port
    lastError = error
  }
  throw new Error(`No free port on ${HOST} in ${MAX_TRIES} tries.`, { cause: lastError })
}
