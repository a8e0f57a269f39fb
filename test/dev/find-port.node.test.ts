import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { findPort } from '../../src/dev/find-port.ts'

describe('findPort', () => {
  it('gives ports below those that systems hand out by themselves, and none twice', async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, () => findPort()))
    expect(new Set(ports).size).toBe(200)
    expect(Math.max(...ports)).toBeLessThan(32_768)
    expect(Math.min(...ports)).toBeGreaterThan(1024)
  })

  it('gives the wanted port once, and another one while it is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    expect(await findPort(taken)).not.toBe(taken)
    server.close()
    await once(server, 'close')
    expect(await findPort(taken)).toBe(taken)
    expect(await findPort(taken)).not.toBe(taken)
  })

  it('says why it may not listen on the wanted port', async () => {
    await expect(findPort(70_000)).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
  })
})
