import { describe, expect, it, vi } from 'vitest'
import { upload } from '../../../client/index.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
import {
  buildFakeOptions,
  createFakeStore,
  createFakeWorld,
  createOssError,
  createProblem,
  NETWORK,
} from '../../support/fake-transport.ts'
import { createFile } from '../../support/page-station.ts'

/** An upload in parts that has failed after some of them, and the store that remembers it. */
async function failHalfWay() {
  const world = createFakeWorld({ kind: 'multipart' })
  const storage = createFakeStore()
  const options = { ...buildFakeOptions(world), storage }
  world.onRequest = (line) =>
    Number(line.slice(4)) > 6 ? createOssError(403, 'AccessDenied') : undefined
  await expect(upload(createFile(95), options)).rejects.toMatchObject({ code: 'AccessDenied' })
  world.onRequest = () => undefined
  const kept = [...world.parts.keys()]
  world.log.length = 0
  return { world, storage, options, kept }
}

describe('an attempt', () => {
  it('goes on with a remembered upload and sends only what OSS has not', async () => {
    const { world, options, kept, storage } = await failHalfWay()
    const result = await upload(createFile(95), options)
    expect(world.log[0]).toBe('resume /uploads/state')
    expect(world.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10 - kept.length)
    expect(world.log.filter((line) => line.startsWith('sign'))).toEqual(['sign /uploads/parts'])
    expect(result.id).toBe('id-1')
    expect([...storage.items.keys()]).toEqual(['upcall:speed'])
  })

  it('takes a part of another size for missing: OSS may have an old one', async () => {
    const { world, options } = await failHalfWay()
    world.parts.set(1, { size: 9, crc64: '1' })
    await upload(createFile(95), options)
    expect(world.log).toContain('PUT 1')
  })

  it('sends again what OSS has of a file that has changed since', async () => {
    const { world, options } = await failHalfWay()
    const bytes = new Uint8Array(await createFile(95).arrayBuffer())
    bytes[0] = (bytes[0] ?? 0) ^ 1
    const changed = new File([bytes], 'file.bin', { lastModified: 1_700_000_000_000 })
    const result = await upload(changed, options)
    expect(world.log).toContain('PUT 1')
    expect(world.log).not.toContain('PUT 2')
    expect(result.crc64).toBe(String(crc64(bytes)))
  })

  it.each([
    ['SESSION_EXPIRED', 403],
    ['SESSION_INVALID', 403],
    ['UPLOAD_GONE', 404],
  ])('starts anew without a trace when the service says %s', async (code, status) => {
    const { world, options, storage } = await failHalfWay()
    world.onRequest = (line, { body }) => {
      if (line.startsWith('sign /uploads') || !String(body).includes('session-1')) return undefined
      return createProblem(status, code)
    }
    const result = await upload(createFile(95), options)
    expect(result.id).toBe('id-2')
    expect(world.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10)
    expect([...storage.items.keys()]).toEqual(['upcall:speed'])
  })

  it('sends nothing again when the upload was completed just before the reload', async () => {
    const { world, options } = await failHalfWay()
    world.isStored = true
    world.onRequest = (line) =>
      line.startsWith('resume') ? createProblem(404, 'UPLOAD_GONE') : undefined
    const result = await upload(createFile(95), options)
    expect(result).toMatchObject({ id: 'id-1', via: 'confirm' })
    expect(world.log).toEqual(['resume /uploads/state', 'confirm /uploads/confirm'])
  })

  it('asks again when it was paused while it found that out', async () => {
    const { world, options } = await failHalfWay()
    world.isStored = true
    let isPaused = false
    world.onRequest = (line) => {
      if (line.startsWith('resume')) return createProblem(404, 'UPLOAD_GONE')
      if (line.startsWith('confirm') && !isPaused) {
        isPaused = true
        running.pause()
      }
      return undefined
    }
    const running = upload(createFile(95), { ...options, checksum: false })
    await vi.waitFor(() => expect(running.state).toBe('paused'))
    expect(await running.resume()).toMatchObject({ id: 'id-1', via: 'confirm' })
    expect(world.log.filter((line) => line.startsWith('sign'))).toEqual([])
  })

  it('starts anew when the upload vanished in the middle', async () => {
    const world = createFakeWorld({ kind: 'multipart' })
    world.onRequest = (line, { url }) =>
      line.startsWith('PUT') && url.includes('w=1&')
        ? createOssError(404, 'NoSuchUpload')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(world))).id).toBe('id-2')
  })

  it('does not start anew for ever', async () => {
    const world = createFakeWorld({ kind: 'multipart' })
    world.onRequest = (line) =>
      line.startsWith('PUT') ? createOssError(404, 'NoSuchUpload') : undefined
    await expect(upload(createFile(95), buildFakeOptions(world))).rejects.toMatchObject({
      code: 'NoSuchUpload',
    })
    expect(world.log.filter((line) => line === 'sign /uploads')).toHaveLength(3)
  })

  it('asks for a new ticket when the form policy has expired', async () => {
    const world = createFakeWorld({ kind: 'form' })
    let times = 0
    world.onRequest = (line) =>
      line === 'POST' && times++ === 0
        ? createOssError(403, 'AccessDenied', '0006-00000213')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(world))).id).toBe('id-2')
  })

  it('tells the service the CRC-64 of a small file beforehand', async () => {
    const world = createFakeWorld({ kind: 'form' })
    const file = createFile(95)
    const result = await upload(file, buildFakeOptions(world))
    const sum = String(crc64(new Uint8Array(await file.arrayBuffer())))
    expect(JSON.parse(String(world.requests[0]?.body))).toMatchObject({ crc64: sum })
    expect(result.crc64).toBe(sum)
  })

  it('sends a small file again that OSS holds differently', async () => {
    const world = createFakeWorld({ kind: 'put' })
    let times = 0
    world.onRequest = (line) =>
      line === 'PUT' && times++ === 0 ? { status: 200, text: '{}', header: () => '1' } : undefined
    expect((await upload(createFile(95), buildFakeOptions(world))).id).toBe('id-2')
  })

  it('takes the same file dropped twice for two uploads', async () => {
    const world = createFakeWorld({ kind: 'multipart' })
    const options = {
      ...buildFakeOptions(world),
      storage: createFakeStore(),
      checksum: false as const,
    }
    world.onRequest = (line) => (line.startsWith('PUT') ? NETWORK() : undefined)
    const both = [1, 2].map(() => upload(createFile(95), options))
    await Promise.allSettled(both)
    expect(world.log.filter((line) => line === 'sign /uploads')).toHaveLength(2)
  })

  it('asks for parts that fit to the speed of the upload before', async () => {
    const world = createFakeWorld({ kind: 'multipart' })
    const storage = createFakeStore()
    storage.setItem('upcall:speed', String(2 ** 30))
    const size = 24 * 2 ** 20
    await upload(createFile(size), { ...buildFakeOptions(world), storage, checksum: false })
    expect(JSON.parse(String(world.requests[0]?.body)).partSize).toBe(3 * 2 ** 20)
  })

  it.each(['nothing', 'coupon'])('ends with BAD_ANSWER for a ticket of kind %s', async (kind) => {
    const world = createFakeWorld()
    world.onRequest = (line) =>
      line.startsWith('sign')
        ? { status: 201, text: JSON.stringify({ kind }), header: () => undefined }
        : undefined
    await expect(upload(createFile(5), buildFakeOptions(world))).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    })
  })
})
