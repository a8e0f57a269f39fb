import { describe, expect, it } from 'vitest'
import { upload } from '../../../client/index.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
import { createFile } from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeBackend,
  createFakeStore,
  failHalfWay,
  NETWORK,
} from '../../support/fake-transport.ts'

describe('an attempt', () => {
  it('continues a recorded upload and sends only what is not stored', async () => {
    const { setup, options, stored, storage } = await failHalfWay()
    const result = await upload(createFile(95), options)
    expect(setup.log[0]).toBe('resume /uploads/state')
    expect(setup.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10 - stored.length)
    expect(setup.log.filter((line) => line.startsWith('sign'))).toEqual(['sign /uploads/parts'])
    expect(result.id).toBe('id-1')
    expect([...storage.items.keys()]).toEqual(['upcall:speed'])
  })

  it('takes a part of another size for missing: OSS may have an old one', async () => {
    const { setup, options } = await failHalfWay()
    setup.parts.set(1, { size: 9, crc64: '1' })
    await upload(createFile(95), options)
    expect(setup.log).toContain('PUT 1')
  })

  it('sends again what OSS has of a file that has changed since', async () => {
    const { setup, options } = await failHalfWay()
    const bytes = new Uint8Array(await createFile(95).arrayBuffer())
    bytes[0] = (bytes[0] ?? 0) ^ 1
    const changed = new File([bytes], 'file.bin', { lastModified: 1_700_000_000_000 })
    const result = await upload(changed, options)
    expect(setup.log).toContain('PUT 1')
    expect(setup.log).not.toContain('PUT 2')
    expect(result.crc64).toBe(String(crc64(bytes)))
  })

  it('tells the service the CRC-64 of a small file beforehand', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    const file = createFile(95)
    const result = await upload(file, buildFakeOptions(setup))
    const sum = String(crc64(new Uint8Array(await file.arrayBuffer())))
    expect(JSON.parse(String(setup.requests[0]?.body))).toMatchObject({ crc64: sum })
    expect(result.crc64).toBe(sum)
  })

  it('takes the same file dropped twice for two uploads', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const options = {
      ...buildFakeOptions(setup),
      storage: createFakeStore(),
      checksum: false as const,
    }
    setup.onRequest = (line) => (line.startsWith('PUT') ? NETWORK() : undefined)
    const both = [1, 2].map(() => upload(createFile(95), options))
    await Promise.allSettled(both)
    expect(setup.log.filter((line) => line === 'sign /uploads')).toHaveLength(2)
  })

  it('asks for parts that fit to the speed of the upload before', async () => {
    const setup = createFakeBackend({ kind: 'multipart', partSize: 2 ** 30 })
    const storage = createFakeStore()
    storage.setItem('upcall:speed', String(2 ** 30))
    const size = 24 * 2 ** 20
    await upload(createFile(size), { ...buildFakeOptions(setup), storage, checksum: false })
    expect(JSON.parse(String(setup.requests[0]?.body)).partSize).toBe(3 * 2 ** 20)
  })

  it.each(['nothing', 'coupon'])('ends with BAD_RESPONSE for a ticket of kind %s', async (kind) => {
    const setup = createFakeBackend()
    setup.onRequest = (line) =>
      line.startsWith('sign')
        ? { status: 201, text: JSON.stringify({ kind }), header: () => undefined }
        : undefined
    await expect(upload(createFile(5), buildFakeOptions(setup))).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
    })
  })
})
