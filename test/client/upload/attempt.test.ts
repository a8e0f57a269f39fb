import { describe, expect, it, vi } from 'vitest'
import { upload } from '../../../client/index.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
import { createFile } from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeStore,
  createFakeWorld,
  createOssError,
  createProblem,
  NETWORK,
} from '../../support/fake-transport.ts'

/** An upload in parts that has failed after some of them, and the store that remembers it. */
async function failHalfWay() {
  const setup = createFakeWorld({ kind: 'multipart' })
  const storage = createFakeStore()
  const options = { ...buildFakeOptions(setup), storage }
  setup.onRequest = (line) =>
    Number(line.slice(4)) > 6 ? createOssError(403, 'AccessDenied') : undefined
  await expect(upload(createFile(95), options)).rejects.toMatchObject({ code: 'AccessDenied' })
  setup.onRequest = () => undefined
  const kept = [...setup.parts.keys()]
  setup.log.length = 0
  return { setup, storage, options, kept }
}

describe('an attempt', () => {
  it('goes on with a remembered upload and sends only what OSS has not', async () => {
    const { setup, options, kept, storage } = await failHalfWay()
    const result = await upload(createFile(95), options)
    expect(setup.log[0]).toBe('resume /uploads/state')
    expect(setup.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10 - kept.length)
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

  it.each([
    ['SESSION_EXPIRED', 403],
    ['SESSION_INVALID', 403],
    ['UPLOAD_GONE', 404],
  ])('starts anew without a trace when the service says %s', async (code, status) => {
    const { setup, options, storage } = await failHalfWay()
    setup.onRequest = (line, { body }) => {
      if (line.startsWith('sign /uploads') || !String(body).includes('session-1')) return undefined
      return createProblem(status, code)
    }
    const result = await upload(createFile(95), options)
    expect(result.id).toBe('id-2')
    expect(setup.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10)
    expect([...storage.items.keys()]).toEqual(['upcall:speed'])
  })

  it('sends nothing again when the upload was completed just before the reload', async () => {
    const { setup, options } = await failHalfWay()
    setup.isStored = true
    setup.onRequest = (line) =>
      line.startsWith('resume') ? createProblem(404, 'UPLOAD_GONE') : undefined
    const result = await upload(createFile(95), options)
    expect(result).toMatchObject({ id: 'id-1', via: 'confirm' })
    expect(setup.log).toEqual(['resume /uploads/state', 'confirm /uploads/confirm'])
  })

  it('asks again when it was paused while it found that out', async () => {
    const { setup, options } = await failHalfWay()
    setup.isStored = true
    let isPaused = false
    setup.onRequest = (line) => {
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
    expect(setup.log.filter((line) => line.startsWith('sign'))).toEqual([])
  })

  it('starts anew when the upload vanished in the middle', async () => {
    const setup = createFakeWorld({ kind: 'multipart' })
    setup.onRequest = (line, { url }) =>
      line.startsWith('PUT') && url.includes('w=1&')
        ? createOssError(404, 'NoSuchUpload')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-2')
  })

  it('does not start anew for ever', async () => {
    const setup = createFakeWorld({ kind: 'multipart' })
    setup.onRequest = (line) =>
      line.startsWith('PUT') ? createOssError(404, 'NoSuchUpload') : undefined
    await expect(upload(createFile(95), buildFakeOptions(setup))).rejects.toMatchObject({
      code: 'NoSuchUpload',
    })
    expect(setup.log.filter((line) => line === 'sign /uploads')).toHaveLength(3)
  })

  it('asks for a new ticket when the form policy has expired', async () => {
    const setup = createFakeWorld({ kind: 'form' })
    let times = 0
    setup.onRequest = (line) =>
      line === 'POST' && times++ === 0
        ? createOssError(403, 'AccessDenied', '0006-00000213')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-2')
  })

  it('tells the service the CRC-64 of a small file beforehand', async () => {
    const setup = createFakeWorld({ kind: 'form' })
    const file = createFile(95)
    const result = await upload(file, buildFakeOptions(setup))
    const sum = String(crc64(new Uint8Array(await file.arrayBuffer())))
    expect(JSON.parse(String(setup.requests[0]?.body))).toMatchObject({ crc64: sum })
    expect(result.crc64).toBe(sum)
  })

  it('sends a small file again that OSS holds differently', async () => {
    const setup = createFakeWorld({ kind: 'put' })
    let times = 0
    setup.onRequest = (line) =>
      line === 'PUT' && times++ === 0 ? { status: 200, text: '{}', header: () => '1' } : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-2')
  })

  it('takes the same file dropped twice for two uploads', async () => {
    const setup = createFakeWorld({ kind: 'multipart' })
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
    const setup = createFakeWorld({ kind: 'multipart' })
    const storage = createFakeStore()
    storage.setItem('upcall:speed', String(2 ** 30))
    const size = 24 * 2 ** 20
    await upload(createFile(size), { ...buildFakeOptions(setup), storage, checksum: false })
    expect(JSON.parse(String(setup.requests[0]?.body)).partSize).toBe(3 * 2 ** 20)
  })

  it.each(['nothing', 'coupon'])('ends with BAD_ANSWER for a ticket of kind %s', async (kind) => {
    const setup = createFakeWorld()
    setup.onRequest = (line) =>
      line.startsWith('sign')
        ? { status: 201, text: JSON.stringify({ kind }), header: () => undefined }
        : undefined
    await expect(upload(createFile(5), buildFakeOptions(setup))).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    })
  })
})
