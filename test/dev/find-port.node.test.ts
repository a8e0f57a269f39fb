import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findPort } from '../../src/dev/find-port.ts'

const freePorts = new Set<number>()
/** One that `findPort` does not choose by itself, so that no other call is given it, and no system hands it out. */
async function findFreePort(): Promise<number> {
  for (let port = 32_100; port < 32_700; port += 1) {
    const server = net.createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    if (freePorts.has(port)) continue
    freePorts.add(port)
    return port
  }
  throw new Error('No port between 32100 and 32700 is free.')
}

describe('findPort', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('gives ports below those that systems hand out by themselves', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => findPort()))
    expect(Math.max(...ports)).toBeLessThan(32_768)
    expect(Math.min(...ports)).toBeGreaterThan(1024)
  })

  it('gives no port twice, also to calls at the same time that meet', async () => {
    let calls = 0
    // Every number comes up twice in a row, so that two calls of the hundred want the same port.
    vi.spyOn(Math, 'random').mockImplementation(
      () => (Math.floor(calls++ / 2) % 1000) / 1000 + 0.0003,
    )
    const ports = await Promise.all(Array.from({ length: 100 }, () => findPort()))
    expect(new Set(ports).size).toBe(100)
  })

  it('gives the wanted port once, also of two calls at the same time', async () => {
    const wanted = await findFreePort()
    const ports = await Promise.all([findPort(wanted), findPort(wanted)])
    expect(ports.filter((port) => port === wanted)).toHaveLength(1)
    expect(await findPort(wanted)).not.toBe(wanted)
  })

  it('gives another one while the wanted port is taken, and the wanted one when it is free again', async () => {
    const taken = await findFreePort()
    const server = net.createServer().listen(taken, '127.0.0.1')
    await once(server, 'listening')
    expect(await findPort(taken)).not.toBe(taken)
    server.close()
    await once(server, 'close')
    expect(await findPort(taken)).toBe(taken)
  })

  it('says why it may not listen on the wanted port', async () => {
    await expect(findPort(70_000)).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
  })
})
