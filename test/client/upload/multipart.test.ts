import { describe, expect, it } from 'vitest'
import { upload } from '../../../client/index.ts'
import { createFile } from '../../support/browser-page.ts'
import { buildFakeOptions, createFakeBackend, EXPIRED } from '../../support/fake-transport.ts'

const count = (log: string[], line: string | RegExp) =>
  log.filter((one) => (typeof line === 'string' ? one === line : line.test(one))).length

describe('a file in parts', () => {
  it('sends each part once, then completes: one call to the service in all', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const result = await upload(createFile(95), buildFakeOptions(setup))
    expect(setup.log[0]).toBe('sign /uploads')
    expect(setup.log.at(-1)).toBe('complete')
    expect([...setup.log.slice(1, -1)].sort()).toEqual(
      Array.from({ length: 10 }, (_, at) => `PUT ${at + 1}`).sort(),
    )
    expect(result).toMatchObject({ id: 'id-1', via: 'callback', response: { stored: 95 } })
  })

  it('sends parts without any header and Complete with exactly the ticket’s', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    await upload(createFile(25, 'a.png', 'image/png'), buildFakeOptions(setup))
    for (const [at, request] of setup.requests.entries()) {
      if (setup.log[at]?.startsWith('PUT')) {
        expect(request.headers).toBeUndefined()
        expect((request.body as Blob).type).toBe('')
      }
    }
    expect(setup.requests.at(-1)).toMatchObject({ headers: { 'x-oss-complete-all': 'yes' } })
    expect(setup.requests.at(-1)?.body).toBeUndefined()
  })

  it.each([
    [100, 1],
    [101, 2],
    [250, 3],
  ])('of %i parts asks the service %i times', async (partCount, calls) => {
    const setup = createFakeBackend({ kind: 'multipart' })
    await upload(createFile(partCount * 10), { ...buildFakeOptions(setup), checksum: false })
    expect(count(setup.log, /^sign/)).toBe(calls)
    expect(count(setup.log, /^PUT/)).toBe(partCount)
  })

  it('asks once for new URLs when the window has expired under four requests', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (_, { url }) =>
      url.includes('partNumber') && url.includes('w=1&') ? EXPIRED() : undefined
    await upload(createFile(95), buildFakeOptions(setup))
    expect(count(setup.log, 'sign /uploads/parts')).toBe(1)
    expect(setup.isStored).toBe(true)
  })

  it('ends when new URLs are expired at once, again and again', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line) => (line.startsWith('PUT') ? EXPIRED() : undefined)
    await expect(upload(createFile(95), buildFakeOptions(setup))).rejects.toMatchObject({
      code: 'AccessDenied',
      ec: '0002-00000236',
    })
    // Six parts at the same time; each that fails has met two URLs.
    expect(count(setup.log, /^PUT/)).toBeLessThanOrEqual(12)
  })
})

describe('the checksum', () => {
  it.each([
    ['read from the responses', true, 0],
    ['asked of the service in one call, where CORS hides the header', false, 1],
  ])('is %s', async (_, exposeCrc, calls) => {
    const setup = createFakeBackend({ kind: 'multipart', exposeCrc })
    const result = await upload(createFile(95), buildFakeOptions(setup))
    expect(count(setup.log, 'resume /uploads/state')).toBe(calls)
    expect(result.crc64).toMatch(/^\d+$/)
  })

  it.each([true, false])(
    'finds the part that OSS holds differently and sends it again',
    async (exposeCrc) => {
      const setup = createFakeBackend({ kind: 'multipart', exposeCrc })
      let isSpoilt = false
      setup.onRequest = async (line, request) => {
        if (line !== 'PUT 4' || isSpoilt) return undefined
        isSpoilt = true
        const bytes = new Uint8Array(await new Response(request.body as Blob).arrayBuffer())
        bytes[0] = (bytes[0] ?? 0) ^ 1
        setup.parts.set(4, { size: bytes.length, crc64: '1' })
        return { status: 200, text: '', header: () => (exposeCrc ? '1' : undefined) }
      }
      const heard: (number | undefined)[] = []
      const onRetry = ({ partNumber }: { partNumber?: number | undefined }) =>
        heard.push(partNumber)
      await upload(createFile(95), { ...buildFakeOptions(setup), onRetry })
      expect(heard).toEqual([4])
      expect(count(setup.log, 'PUT 4')).toBe(2)
      expect(count(setup.log, /^PUT/)).toBe(11)
    },
  )

  it('gives up on a part that stays different, and names it', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line) =>
      line === 'PUT 4' ? { status: 200, text: '', header: () => '1' } : undefined
    const done = upload(createFile(95), buildFakeOptions(setup))
    await expect(done).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', retryable: true })
    await expect(done).rejects.toThrow(/4/)
    expect(count(setup.log, 'complete')).toBe(0)
  })

  it('can be switched off', async () => {
    const setup = createFakeBackend({ kind: 'multipart', exposeCrc: false })
    const result = await upload(createFile(95), { ...buildFakeOptions(setup), checksum: false })
    expect(count(setup.log, 'resume /uploads/state')).toBe(0)
    expect(result.crc64).toBeUndefined()
  })
})
