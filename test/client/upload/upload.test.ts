/** The three flows over real sockets: page → service → OSS → callback → page. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createUploader, type RetryInfo, upload } from '../../../client/index.ts'
import {
  askBackend,
  buildOptions,
  createFile,
  readDigest,
  setRules,
  sha256,
  takeStats,
} from '../../support/browser-page.ts'

const MIB = 1024 * 1024

beforeEach(() => askBackend('reset'))

describe('upload', () => {
  it.each([
    ['form', 0, 'empty.txt', 'text/plain'],
    ['form', 1024, 'small.txt', 'text/plain'],
    ['put', 300 * 1024, '图片.png', 'image/png'],
    ['multipart', 5 * MIB + 17, 'large.bin', ''],
  ] as const)(
    'stores %s of %i bytes and returns what the handler responded',
    async (method, size, name, type) => {
      const file = createFile(size, name, type)
      const result = await upload(file, await buildOptions({ method, partSize: MIB }))
      expect(result.response).toMatchObject({ id: result.id, key: result.key, size, name })
      expect(result.via).toBe('callback')
      const stored = await readDigest(result.key)
      expect(stored).toMatchObject({ status: 200, size, sha256: await sha256(file) })
      expect(stored.type).toBe(type || 'application/octet-stream')
      expect((await takeStats()).receipts).toBe(1)
    },
  )
})

describe('a photo without a type', () => {
  it.each([
    ['IMG_1.HEIC', [1, 2, 3], undefined, 'image/heic'],
    ['wx_camera', [0xff, 0xd8, 0xff], undefined, 'image/jpeg'],
    ['unknown', [1, 2, 3], 'image/x-own', 'image/x-own'],
  ])('%s is stored as the profile allows it', async (name, bytes, type, expected) => {
    const file = new File([new Uint8Array(bytes)], name)
    const options = await buildOptions({ profile: 'photos', ...(type && { type }) })
    const { key } = await upload(file, options)
    expect((await readDigest(key)).type).toBe(expected)
  })

  it('is refused by the profile when nothing tells its type', async () => {
    const options = await buildOptions({ profile: 'photos' })
    const file = new File(['nothing'], 'nothing')
    await expect(upload(file, options)).rejects.toMatchObject({ code: 'TYPE_REFUSED' })
  })
})

describe('any JSON value is a response', () => {
  const values = [null, 5, 'text', false, [], {}]
  it.each(values)('%j, by callback and by confirm', async (value) => {
    await askBackend('respondWith', { value })
    const options = await buildOptions({ method: 'form' })
    const called = await upload(createFile(100), options)
    expect(called).toMatchObject({ response: value, delivery: 'done', via: 'callback' })
    await askBackend('loseCallbacks', { times: 1 })
    const confirmed = await upload(createFile(100), options)
    expect(confirmed).toMatchObject({ response: value, delivery: 'done', via: 'confirm' })
    expect((await takeStats()).receipts).toBe(2)
  })
})

describe.each(['form', 'multipart'] as const)(
  'a %s that the application is slow to take',
  (method) => {
    it('ends as stored, complete; resume() has the response later, and sends nothing', async () => {
      await askBackend('failHandler', { times: 1000 })
      const running = upload(createFile(MIB), await buildOptions({ method }))
      const result = await running
      expect(result).toMatchObject({ response: undefined, delivery: 'accepted', via: 'callback' })
      expect(running.progress).toMatchObject({ state: 'stored', percentage: 100 })
      expect((await readDigest(result.key)).size).toBe(MIB)
      await askBackend('failHandler', { times: 0 })
      await takeStats()
      const later = await running.resume()
      expect(later).toMatchObject({ delivery: 'done', response: { id: result.id, size: MIB } })
      expect(running.state).toBe('done')
      expect((await takeStats()).oss.bytesIn).toBe(0)
    }, 20_000)
  },
)

describe.each(['form', 'put', 'multipart'] as const)(
  'a %s with callbacks to a server of the application',
  (method) => {
    it('is repeated when a connection is cut', async () => {
      await setRules({ cutNext: 1 })
      const file = createFile(MIB)
      const { key, ...result } = await upload(
        file,
        await buildOptions({ method, profile: 'direct' }),
      )
      expect(result).toMatchObject({ response: { direct: true }, via: 'callback' })
      expect((await readDigest(key)).sha256).toBe(await sha256(file))
      expect((await takeStats()).receipts).toBe(1)
    })

    it('ends well when the response is lost: the facts of the object are the response', async () => {
      const match = method === 'put' ? 'PUT /' : 'POST /'
      await setRules({ loseResponses: { match, times: 1 } })
      const result = await upload(
        createFile(MIB),
        await buildOptions({ method, profile: 'direct' }),
      )
      expect(result).toMatchObject({ response: { id: result.id, size: MIB }, via: 'confirm' })
      expect((await takeStats()).receipts).toBe(1)
    })

    it('ends well when that server fails: the facts of the object are the response', async () => {
      await askBackend('loseCallbacks', { times: 1 })
      const result = await upload(
        createFile(MIB),
        await buildOptions({ method, profile: 'direct' }),
      )
      expect(result).toMatchObject({ response: { id: result.id, size: MIB }, via: 'confirm' })
    })
  },
)

describe('the same over real sockets, when', () => {
  it('CORS hides every header: the parts are compared with one call', async () => {
    const file = createFile(3 * MIB + 1)
    const options = await buildOptions({ method: 'multipart', partSize: MIB }, 'quiet-bucket')
    const result = await upload(file, options)
    expect(result.crc64).toMatch(/^\d+$/)
    expect((await readDigest(result.key, 'quiet-bucket')).sha256).toBe(await sha256(file))
    const { calls } = await takeStats()
    expect(calls.filter((call) => call.startsWith('POST /uploads'))).toEqual([
      'POST /uploads',
      'POST /uploads/state',
    ])
  })

  it.each(['form', 'put', 'multipart'] as const)(
    'the callback of a %s is lost: the handler runs once, by way of confirm',
    async (method) => {
      await askBackend('loseCallbacks', { times: 1 })
      const result = await upload(createFile(MIB), await buildOptions({ method }))
      expect(result.via).toBe('confirm')
      expect(result.response).toMatchObject({ id: result.id, size: MIB, via: 'confirm' })
      expect((await takeStats()).receipts).toBe(1)
    },
  )

  it('the callback fails: onRetry has OSS’s own reason', async () => {
    await askBackend('loseCallbacks', { times: 1 })
    const heard: RetryInfo[] = []
    const onRetry = (info: RetryInfo) => heard.push(info)
    await upload(createFile(1000), await buildOptions({ onRetry }))
    expect(heard).toMatchObject([
      { stage: 'confirm', code: 'CallbackFailed', error: { status: 203, ec: '0007-00000203' } },
    ])
    expect(heard[0]?.error.message).toMatch(/Error status : 50\d/)
  })

  it.each(['form', 'put', 'multipart'] as const)(
    'the handler of a %s fails once: it runs again while OSS waits, and its response arrives',
    async (method) => {
      await askBackend('failHandler', { times: 1 })
      const result = await upload(createFile(MIB), await buildOptions({ method }))
      expect(result.via).toBe('callback')
      expect(result.response).toMatchObject({ id: result.id, size: MIB, via: 'callback' })
      expect((await takeStats()).receipts).toBe(1)
    },
  )

  it.each(['form', 'put', 'multipart'] as const)('the response to a %s is lost', async (method) => {
    const match = method === 'multipart' ? 'callback-var=' : method === 'put' ? 'PUT /' : 'POST /'
    await setRules({ loseResponses: { match, times: method === 'form' ? 1 : 2 } })
    const file = createFile(MIB)
    const result = await upload(file, await buildOptions({ method }))
    expect((await readDigest(result.key)).sha256).toBe(await sha256(file))
    expect((await takeStats()).receipts).toBe(1)
  })

  it('the object exists already under a fixed key: refused, not overwritten, not confirmed', async () => {
    const options = await buildOptions({ profile: 'fixed' })
    const first = createFile(1000, 'a.bin')
    const { key } = await upload(first, options)
    await expect(upload(createFile(1001, 'b.bin'), options)).rejects.toMatchObject({
      code: 'FileAlreadyExists',
      status: 409,
    })
    expect((await readDigest(key)).sha256).toBe(await sha256(first))
  })

  it('bytes are changed on their way: the part is sent again and named', async () => {
    await setRules({ corruptNext: 1 })
    const file = createFile(5 * MIB)
    const heard: unknown[] = []
    const onRetry = ({ code, partNumber }: RetryInfo) => heard.push([code, typeof partNumber])
    const result = await upload(
      file,
      await buildOptions({ method: 'multipart', partSize: MIB, onRetry }),
    )
    expect(heard).toEqual([['CHECKSUM_MISMATCH', 'number']])
    expect((await readDigest(result.key)).sha256).toBe(await sha256(file))
  })

  it('the file is small and has no listener: one call, one request, no preflight to OSS', async () => {
    await upload(createFile(200_000), await buildOptions())
    const { oss, calls } = await takeStats()
    expect(oss.requests).toBe(1)
    expect(calls.filter((call) => call.startsWith('POST /uploads'))).toEqual(['POST /uploads'])
  })

  it('the token is wrong: the service’s own code', async () => {
    const options = await buildOptions({ headers: { authorization: 'Bearer nonsense' } })
    await expect(upload(createFile(5), options)).rejects.toMatchObject({
      ...{ code: 'TOKEN_INVALID', status: 401, stage: 'sign', retryable: false },
    })
  })

  it('it is given up: OSS forgets the parts', async () => {
    await setRules({ bytesPerSecond: 4 * MIB })
    const running = upload(
      createFile(8 * MIB),
      await buildOptions({ method: 'multipart', partSize: MIB }),
    )
    await vi.waitFor(() => expect(running.progress.loaded).toBeGreaterThan(2 * MIB), 5000)
    await running.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    const { operations } = await takeStats()
    expect(operations).toContain('AbortMultipartUpload')
    expect(operations).not.toContain('CompleteMultipartUpload')
  })

  it('a hundred files are dropped at once: all arrive, four at a time', async () => {
    const uploader = createUploader(await buildOptions())
    const files = Array.from({ length: 100 }, (_, at) => createFile(1000 + at, `${at}.bin`))
    const results = await Promise.all(files.map((file) => uploader.upload(file)))
    expect(new Set(results.map(({ key }) => key)).size).toBe(100)
    const { receipts, oss } = await takeStats()
    expect(receipts).toBe(100)
    expect(oss.requests).toBe(100)
  })
})
