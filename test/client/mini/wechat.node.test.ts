/** The file for WeChat in a stand-in of its runtime, with a real service and a local OSS over sockets. */
import { describe, expect, it } from 'vitest'
import type * as WechatModule from '../../../client/mini/wechat.ts'
import type { MiniOptions, RetryInfo } from '../../../client/mini/wechat.ts'
import type { UploadState } from '../../../client/options.ts'
import { makePattern } from '../../support/local-oss.ts'
import { startBackend } from '../../support/mini-programs/backend.ts'
import { loadMini } from '../../support/mini-programs/sandbox.ts'
import { createWechat, type WechatOptions } from '../../support/mini-programs/wechat.ts'

const backend = startBackend()
const PHOTO = 'wxfile://tmp_3f0a假日.jpg'
const VIDEO = 'http://tmp/2.mp4'
const photo = { tempFilePath: PHOTO, size: 300_000, fileType: 'image' as const }

/** A program of its own, with its own `wx`. */
async function createProgram(more: Partial<WechatOptions> = {}) {
  const bytes = makePattern(300_000)
  const files = new Map([
    [PHOTO, bytes],
    [VIDEO, makePattern(2_000_000)],
  ])
  const wechat = createWechat({
    files,
    requestDomains: [backend.endpoint],
    uploadDomains: [backend.ossOrigin],
    ...more,
  })
  const { upload, chooseMedia } = await loadMini<typeof WechatModule>('wechat.js', wechat)
  const states: UploadState[] = []
  const percentages: number[] = []
  const retries: RetryInfo[] = []
  const options: MiniOptions = {
    endpoint: backend.endpoint,
    profile: 'photos',
    headers: async () => ({ Authorization: `Bearer ${await backend.token()}` }),
    retryDelays: [5, 10, 20],
    onStateChange: (state) => states.push(state),
    onProgress: ({ percentage }) => percentages.push(percentage),
    onRetry: (info) => retries.push(info),
  }
  return { wechat, bytes, files, upload, chooseMedia, options, states, percentages, retries }
}

const catchError = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe('upload in a WeChat mini program', () => {
  it.each(['ios', 'android', 'devtools'] as const)(
    'stores a photo as %s sends it',
    async (device) => {
      const program = await createProgram({ device })
      const result = await program.upload(photo, { ...program.options, vars: { album: '夏天' } })
      const [receipt] = backend.receipts
      expect(result).toMatchObject({
        via: 'callback',
        delivery: 'done',
        response: { saved: result.key, bytes: 300_000, 名称: 'tmp_3f0a假日.jpg' },
      })
      expect(receipt).toMatchObject({ id: result.id, type: 'image/jpeg', vars: { album: '夏天' } })
      expect(await backend.read(result.key)).toEqual({
        status: 200,
        type: 'image/jpeg',
        bytes: program.bytes,
      })
      // OSS's own, by `onHeadersReceived`.
      expect(result.crc64).toBe(receipt?.crc64)
      expect(program.states).toEqual(['signing', 'uploading', 'done'])
      expect(program.percentages).toEqual([...program.percentages].sort((a, b) => a - b))
      expect(program.percentages.at(-1)).toBe(100)
      expect(backend.calls).toEqual(['/uploads', '/callbacks/oss'])
    },
  )

  it('stores 0 bytes, and a file whose size the picker did not tell', async () => {
    const program = await createProgram()
    program.files.set('wxfile://empty.png', new Uint8Array())
    const result = await program.upload({ path: 'wxfile://empty.png' }, program.options)
    expect(backend.receipts[0]).toMatchObject({ size: 0, type: 'image/png' })
    expect(program.percentages.at(-1)).toBe(100)
    expect((await backend.read(result.key)).status).toBe(200)
  })

  it('asks the service for the response after a 203', async () => {
    backend.callbackFault = () => ({ kind: 'unreachable' })
    const program = await createProgram()
    const result = await program.upload(photo, program.options)
    expect(result).toMatchObject({ via: 'confirm', response: { saved: result.key } })
    expect(program.states).toEqual(['signing', 'uploading', 'confirming', 'done'])
    expect(backend.receipts).toHaveLength(1)
    expect(program.retries).toMatchObject([{ code: 'CallbackFailed', stage: 'confirm' }])
  })

  it('repeats a request that broke before anything was stored', async () => {
    let drops = 2
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject' || drops === 0) return undefined
      drops -= 1
      return { kind: 'drop', when: 'before-storing' }
    }
    const program = await createProgram()
    const result = await program.upload(photo, program.options)
    expect(result.via).toBe('callback')
    expect(program.retries.map(({ code }) => code)).toEqual(['NETWORK', 'NETWORK'])
    expect(program.states).toContain('retrying')
    expect(program.states.at(-1)).toBe('done')
    expect(backend.receipts).toHaveLength(1)
  })

  it('finds the upload whose response was lost, and tells the application once', async () => {
    let drops = 1
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject' || drops === 0) return undefined
      drops -= 1
      return { kind: 'drop', when: 'after-storing' }
    }
    const program = await createProgram()
    expect(await program.upload(photo, program.options)).toMatchObject({ via: 'confirm' })
    expect(backend.receipts).toHaveLength(1)
    expect(program.wechat.bodies).toHaveLength(1)
  })

  it('asks again for a ticket while the service restarts', async () => {
    let calls = 0
    backend.isDown = (path) => path === '/uploads' && ++calls < 3
    const program = await createProgram()
    expect(await program.upload(photo, program.options)).toMatchObject({ via: 'callback' })
    expect(program.retries.map(({ code }) => code)).toEqual(['HTTP_503', 'HTTP_503'])
  })

  it('renews a ticket that has expired on the way', async () => {
    const program = await createProgram()
    backend.requestFault = ({ operation }) => {
      // The clock jumps while the first form is on its way.
      if (operation === 'PostObject' && backend.offsetMs === 0) backend.offsetMs = 1_000_000
      return undefined
    }
    const result = await program.upload(photo, program.options)
    expect(backend.calls.filter((path) => path === '/uploads')).toHaveLength(2)
    expect(backend.receipts.map(({ id }) => id)).toEqual([result.id])
    expect(program.states).toEqual(['signing', 'uploading', 'signing', 'uploading', 'done'])
  })

  it('stops in the middle: the task is cancelled, nothing is stored', async () => {
    const program = await createProgram()
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject') return undefined
      running.abort()
      return { kind: 'drop', when: 'before-storing' }
    }
    const running = program.upload({ path: VIDEO }, program.options)
    const error = await catchError(running)
    expect(error).toMatchObject({ code: 'ABORTED', name: 'AbortError' })
    expect(program.states.at(-1)).toBe('aborted')
    expect(program.states.filter((state) => state === 'aborted')).toHaveLength(1)
    expect(program.wechat.runningTasks()).toBe(0)
    expect(backend.receipts).toEqual([])
  })

  it('stops before it begins by a signal that was aborted', async () => {
    const program = await createProgram()
    const signal = AbortSignal.abort('not now')
    const error = await catchError(program.upload(photo, { ...program.options, signal }))
    expect(error).toMatchObject({ code: 'ABORTED', cause: 'not now' })
    expect(program.wechat.log).toEqual([])
  })

  it('says which domain is missing, and asks for it only once', async () => {
    const noRequest = await createProgram({ requestDomains: [] })
    const first = await catchError(noRequest.upload(photo, noRequest.options))
    expect(first).toMatchObject({ code: 'DOMAIN_NOT_ALLOWED', stage: 'sign', retryable: false })
    expect(first.message).toBe(`sign: DOMAIN_NOT_ALLOWED ${backend.endpoint}`)

    const noUpload = await createProgram({ uploadDomains: [] })
    const second = await catchError(noUpload.upload(photo, noUpload.options))
    expect(second).toMatchObject({ code: 'DOMAIN_NOT_ALLOWED', stage: 'send' })
    expect(second.message).toBe(`send: DOMAIN_NOT_ALLOWED ${backend.ossOrigin}`)
    expect(noUpload.wechat.log.filter((line) => line.startsWith('upload'))).toHaveLength(1)
  })

  it('repeats what the time limit of the platform ended', async () => {
    let isSlow = true
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject' || !isSlow) return undefined
      isSlow = false
      return { kind: 'latency', ms: 600 }
    }
    const program = await createProgram({ maxTimeoutMs: 300 })
    await program.upload(photo, program.options)
    expect(program.retries[0]).toMatchObject({ code: 'TIMEOUT', stage: 'send' })
    expect(backend.receipts).toHaveLength(1)
  })

  it('waits in the background, and goes on when the program is shown again', async () => {
    const program = await createProgram({ backgroundMs: 0 })
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject' || program.retries.length > 0) return undefined
      program.wechat.hide()
      return { kind: 'drop', when: 'before-storing' }
    }
    const options: MiniOptions = {
      ...program.options,
      onStateChange(state) {
        program.states.push(state)
        if (state === 'offline') setTimeout(() => program.wechat.show())
      },
    }
    expect(await program.upload(photo, options)).toMatchObject({ delivery: 'done' })
    expect(program.retries.some(({ isOffline }) => isOffline)).toBe(true)
    expect(program.states).toContain('offline')
    expect(backend.receipts).toHaveLength(1)
  })

  it('waits for the network', async () => {
    const program = await createProgram()
    program.wechat.setConnected(false)
    // The client listens from its first call on.
    const options: MiniOptions = {
      ...program.options,
      onRetry(info) {
        program.retries.push(info)
        setTimeout(() => program.wechat.setConnected(true))
      },
    }
    expect(await program.upload(photo, options)).toMatchObject({ delivery: 'done' })
    expect(program.retries[0]).toMatchObject({ code: 'NETWORK', stage: 'sign' })
  })

  it('sends four of twelve files at a time, because the platform fails the eleventh', async () => {
    const program = await createProgram()
    const uploads = Array.from({ length: 12 }, () => program.upload(photo, program.options))
    const results = await Promise.all(uploads)
    expect(new Set(results.map(({ key }) => key)).size).toBe(12)
    expect(program.wechat.mostUploadsAtOnce).toBe(4)
    expect(program.retries).toEqual([])
    expect(backend.receipts).toHaveLength(12)
  })

  it('says that a file is gone, without a ticket for it', async () => {
    const program = await createProgram()
    const unknown = program.upload({ path: 'wxfile://gone.jpg' }, program.options)
    expect(await catchError(unknown)).toMatchObject({ code: 'FILE_UNREADABLE', stage: 'sign' })
    expect(program.wechat.log).toEqual([])
    const known = program.upload({ path: 'wxfile://gone.jpg', size: 5 }, program.options)
    expect(await catchError(known)).toMatchObject({ code: 'FILE_UNREADABLE', stage: 'send' })
    expect(program.retries).toEqual([])
  })

  it('passes on what the service refuses, and what the caller did wrong', async () => {
    const program = await createProgram()
    program.files.set('wxfile://a.zip', new Uint8Array(5))
    const zip = program.upload({ path: 'wxfile://a.zip' }, program.options)
    expect(await catchError(zip)).toMatchObject({ code: 'TYPE_REFUSED', status: 415 })
    expect(await catchError(program.upload({}, program.options))).toMatchObject({
      code: 'UNEXPECTED',
      cause: { message: 'A file needs `path` or `tempFilePath`.' },
    })
    const bad = { ...program.options, headers: { Authorization: 'Bearer x.y.z' } }
    expect(await catchError(program.upload(photo, bad))).toMatchObject({ status: 401 })
  })

  it('sends no token and no header of the caller to OSS', async () => {
    const program = await createProgram()
    await program.upload(photo, program.options)
    expect(program.wechat.bodies[0]?.toString('latin1')).not.toContain(await backend.token())
    expect(program.wechat.uploadHeaders[0]).not.toHaveProperty('Authorization')
  })
})

describe('chooseMedia', () => {
  it('returns files as upload takes them', async () => {
    const picked = [photo, { tempFilePath: VIDEO, size: 2_000_000, fileType: 'video' as const }]
    const program = await createProgram({ picked })
    const files = await program.chooseMedia({ count: 2 })
    const results = await Promise.all(files.map((file) => program.upload(file, program.options)))
    expect(results.map(({ key }) => key.split('.').pop())).toEqual(['jpg', 'mp4'])
    const types = backend.receipts.map(({ type }) => type).sort()
    expect(types).toEqual(['image/jpeg', 'video/mp4'])
  })

  it('returns nothing when the user cancels', async () => {
    const program = await createProgram()
    expect(await program.chooseMedia()).toHaveLength(0)
  })
})
