/** The option `transform`: what is uploaded, resumed and reported is the result; the upload is still that of the given file. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type FileTransform,
  findPreviousUploads,
  type UploadState,
  upload,
} from '../../../client/index.ts'
import { prepare, resizeImage, stripGps } from '../../../client/transform.ts'
import { transformFile } from '../../../client/upload/transform-file.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
import {
  askBackend,
  buildOptions,
  createFile,
  readDigest,
  sha256,
  takeStats,
} from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeBackend,
  createFakeStore,
  createOssError,
  NETWORK,
} from '../../support/fake-transport.ts'
import { paint } from '../../support/photo.ts'

const { signal } = new AbortController()

/** Sees the bytes one further: as long as before, but others. */
const shift: FileTransform = async (file) => {
  const bytes = new Uint8Array(await file.arrayBuffer()).map((byte) => byte + 1)
  return new File([bytes], file.name)
}
const cut =
  (bytes: number): FileTransform =>
  (file) =>
    new File([file.slice(0, bytes)], file.name)

beforeEach(() => askBackend('reset'))

describe('a transform', () => {
  it('gets a File of a Blob, too, and the signal', async () => {
    const transform = vi.fn<FileTransform>((file) => file)
    const result = await transformFile(new Blob(['a'], { type: 'a/b' }), transform, signal)
    expect(result).toMatchObject({ name: 'blob', type: 'a/b', size: 1 })
    expect(transform.mock.calls[0]?.[1].signal).toBe(signal)
    const file = new File(['a'], 'a')
    expect(await transformFile(file, transform, signal)).toBe(file)
  })

  it.each([undefined, null, 'text', new ArrayBuffer(1), {}, { size: 1 }])(
    'that returns %o instead of a file has failed',
    async (result) => {
      const transform = (() => result) as unknown as FileTransform
      const error = { code: 'TRANSFORM_FAILED', stage: 'transform', retryable: false }
      await expect(transformFile(new Blob(), transform, signal)).rejects.toMatchObject(error)
    },
  )

  it('that throws has failed, with its own error as the cause', async () => {
    const photo = new File(['no picture'], '照片.jpg', { type: 'image/jpeg' })
    const transform = resizeImage({ maxWidth: 10 })
    const cause = { code: 'IMAGE_UNREADABLE' }
    const error = { code: 'TRANSFORM_FAILED', cause }
    await expect(transformFile(photo, transform, signal)).rejects.toMatchObject(error)
  })

  it('is not called for a file that cannot be read', async () => {
    const gone = new DOMException('moved', 'NotReadableError')
    const file = Object.assign(new File(['a'], 'a'), {
      slice: () => ({ arrayBuffer: () => Promise.reject(gone) }),
    })
    const transform = vi.fn<FileTransform>((same) => same)
    await expect(upload(file, { ...(await buildOptions()), transform })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    })
    expect(transform).not.toHaveBeenCalled()
  })
})

describe('an upload with a transform', () => {
  it('that was cancelled does not start it', async () => {
    const transform = vi.fn<FileTransform>((file) => file)
    const cancelled = transformFile(new Blob(['a']), transform, AbortSignal.abort())
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
    expect(transform).not.toHaveBeenCalled()
  })

  it('stores the result, with its own name, type and size', async () => {
    const photo = new File([await paint(600, 400, 'image/png')], '夏天.png', { type: 'image/png' })
    let made: Blob | undefined
    const states: UploadState[] = []
    const running = upload(photo, {
      ...(await buildOptions()),
      async transform(file, context) {
        const steps = [stripGps(), resizeImage({ maxWidth: 60, type: 'image/jpeg' })]
        made = await prepare(file, steps, context)
        return made
      },
      onStateChange: (state) => states.push(state),
    })
    expect(running.progress.total).toBe(photo.size)
    const { key, response } = await running
    const stored = await readDigest(key)
    expect(stored).toMatchObject({ status: 200, size: made?.size, type: 'image/jpeg' })
    expect(stored.sha256).toBe(await sha256(made ?? new Blob()))
    expect(response).toMatchObject({ name: '夏天.jpg', size: made?.size })
    expect(states).toEqual(['preparing', 'signing', 'uploading', 'done'])
    expect(running.file).toBe(photo)
    expect(running.progress).toMatchObject({ total: made?.size, loaded: made?.size })
  })

  it('stores nothing of 0 bytes as nothing of 0 bytes', async () => {
    const { key } = await upload(createFile(10), { ...(await buildOptions()), transform: cut(0) })
    expect(await readDigest(key)).toMatchObject({ status: 200, size: 0 })
  })

  it('that fails has asked for no ticket, and can be tried again', async () => {
    const transform = vi.fn<FileTransform>(() => Promise.reject(new Error('out of memory')))
    const running = upload(createFile(10), { ...(await buildOptions()), transform })
    await expect(running).rejects.toMatchObject({ code: 'TRANSFORM_FAILED' })
    expect(running.state).toBe('failed')
    expect((await takeStats()).receipts).toBe(0)
    transform.mockImplementation((file) => file)
    expect(await running.resume()).toMatchObject({ delivery: 'done' })
    expect(transform).toHaveBeenCalledTimes(2)
  })

  it('can be cancelled meanwhile, and the next file has its turn', async () => {
    const options = { ...(await buildOptions()), concurrency: 1 }
    let heard: AbortSignal | undefined
    const running = upload(createFile(10), {
      ...options,
      transform: (_, context) =>
        new Promise((_resolve, reject) => {
          heard = context.signal
          heard.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    })
    await expect.poll(() => heard).toBeDefined()
    expect(running.state).toBe('preparing')
    await running.abort()
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
    expect(heard?.aborted).toBe(true)
    expect(await upload(createFile(11), options)).toMatchObject({ delivery: 'done' })
    expect((await takeStats()).receipts).toBe(1)
  })

  it('begins it again after a pause, and not once it is done', async () => {
    const setup = createFakeBackend()
    const transform = vi.fn<FileTransform>(
      (_, context) =>
        new Promise((_resolve, reject) => {
          context.signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    )
    const options = { ...buildFakeOptions(setup), transform }
    const running = upload(createFile(95), { ...options, retryDelays: [] })
    await expect.poll(() => transform.mock.calls.length).toBe(1)
    running.pause()
    transform.mockImplementation(shift)
    setup.onRequest = (line) => (line === 'POST' ? NETWORK() : undefined)
    await expect(running.resume()).rejects.toMatchObject({ code: 'NETWORK' })
    expect(transform).toHaveBeenCalledTimes(2)
    setup.onRequest = () => undefined
    await running.resume()
    expect(transform).toHaveBeenCalledTimes(2)
  })
})

describe('a resumed upload with a transform', () => {
  /** Of 70 bytes made of 95, in parts of 10: some are stored. */
  async function failHalfWay(transform: FileTransform) {
    const setup = createFakeBackend({ kind: 'multipart' })
    const storage = createFakeStore()
    const options = { ...buildFakeOptions(setup), storage, transform }
    setup.onRequest = (line) =>
      Number(line.slice(4)) > 4 ? createOssError(403, 'AccessDenied') : undefined
    await expect(upload(createFile(95), options)).rejects.toMatchObject({ code: 'AccessDenied' })
    setup.onRequest = () => undefined
    setup.log.length = 0
    return { setup, options, stored: [...setup.parts.keys()] }
  }
  const listSent = (log: string[]) => log.filter((line) => line.startsWith('PUT'))

  it('continues with the parts of the same result', async () => {
    const { setup, options, stored } = await failHalfWay(cut(70))
    // Without the transform's work: by the file that was chosen.
    const previous = await findPreviousUploads(createFile(95), options)
    expect(previous).toMatchObject([{ size: 70, partCount: 7 }])
    await upload(createFile(95), options)
    expect(listSent(setup.log)).toHaveLength(7 - stored.length)
    expect(setup.log).not.toContain('sign /uploads')
  })

  it('starts anew when the result has another size', async () => {
    const { setup, options } = await failHalfWay(cut(70))
    await upload(createFile(95), { ...options, transform: cut(60) })
    expect(setup.log).toContain('sign /uploads')
    expect(listSent(setup.log)).toHaveLength(6)
  })

  it('sends parts again that the transform has made otherwise this time', async () => {
    const { setup, options } = await failHalfWay(shift)
    const twice: FileTransform = async (file, context) =>
      transformFile(await shift(file, context), shift, context.signal)
    const result = await upload(createFile(95), { ...options, transform: twice })
    expect(listSent(setup.log)).toHaveLength(10)
    const wanted = await twice(createFile(95), { signal })
    expect(result.crc64).toBe(String(crc64(new Uint8Array(await wanted.arrayBuffer()))))
  })

  it('is another one than that of the file as it is', async () => {
    const { setup, options } = await failHalfWay(shift)
    const { transform: _, ...plain } = options
    expect(await findPreviousUploads(createFile(95), plain)).toEqual([])
    await upload(createFile(95), plain)
    expect(setup.log).toContain('sign /uploads')
  })
})
