import { describe, expect, it, vi } from 'vitest'
import {
  createUploader,
  findPreviousUploads,
  type UploadError,
  type UploadState,
  upload,
} from '../../../client/index.ts'
import { createFile } from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeBackend,
  createFakeStore,
  createOssError,
  createProblem,
  createResponse,
  NETWORK,
} from '../../support/fake-transport.ts'

const until = (check: () => void) => vi.waitFor(check, { interval: 1, timeout: 5000 })

describe('many files', () => {
  it('a thousand small ones in one drop never are more than six requests with bytes', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    const uploader = createUploader({ ...buildFakeOptions(setup), checksum: false })
    const files = Array.from({ length: 1000 }, (_, at) => createFile(at % 50))
    const results = await Promise.all(files.map((file) => uploader.upload(file)))
    expect(new Set(results.map(({ id }) => id)).size).toBe(1000)
    expect(setup.mostAtOnce).toBe(6)
    expect(setup.log).toHaveLength(2000)
  })

  it('of 256 KiB and more, four send, and two more wait for their response', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    const { transport, ...options } = buildFakeOptions(setup)
    let sending = 0
    let open = 0
    const most = { sending: 0, open: 0 }
    const uploader = createUploader({
      ...options,
      checksum: false,
      async transport(request) {
        if (request.stage !== 'send') return transport(request)
        sending += 1
        open += 1
        most.sending = Math.max(most.sending, sending)
        most.open = Math.max(most.open, open)
        await new Promise((resolve) => setTimeout(resolve, 5))
        sending -= 1
        request.onSent?.(2 ** 18, 2 ** 18)
        await new Promise((resolve) => setTimeout(resolve, 20))
        open -= 1
        return transport(request)
      },
    })
    const files = Array.from({ length: 12 }, () => createFile(2 ** 18))
    await Promise.all(files.map((file) => uploader.upload(file)))
    expect(most).toEqual({ sending: 4, open: 6 })
  })

  it('small ones go first', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    const uploader = createUploader({ ...buildFakeOptions(setup), checksum: false, concurrency: 1 })
    const sizes: number[] = []
    await Promise.all([50, 10, 30, 20, 40].map((size) => uploader.upload(createFile(size))))
    for (const { body, stage } of setup.requests) {
      if (stage === 'sign') sizes.push(JSON.parse(String(body)).size)
    }
    expect(sizes).toEqual([10, 20, 30, 40, 50])
  })

  it('share one pool with their parts', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const uploader = createUploader({ ...buildFakeOptions(setup), checksum: false, concurrency: 3 })
    await uploader.upload(createFile(500), { concurrency: 8 })
    expect(setup.mostAtOnce).toBe(3)
  })

  it('one that fails does not hold up the others', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    setup.onRequest = (line, { body }) =>
      line.startsWith('sign') && String(body).includes('bad')
        ? createProblem(415, 'TYPE_REFUSED')
        : undefined
    const uploader = createUploader({ ...buildFakeOptions(setup), checksum: false, concurrency: 1 })
    const ends = await Promise.allSettled(
      ['a', 'bad', 'b', 'bad', 'bad', 'c'].map((name) => uploader.upload(createFile(5, name))),
    )
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      true,
      false,
      false,
      true,
    ])
  })

  it('take options of their own before those of the uploader', async () => {
    const setup = createFakeBackend()
    const uploader = createUploader(buildFakeOptions(setup))
    await uploader.upload(createFile(5), { profile: 'other' })
    expect(String(setup.requests[0]?.body)).toContain('"profile":"other"')
  })
})

describe('the life of an upload', () => {
  it('goes through its states, and tells each once', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const states: UploadState[] = []
    const running = upload(createFile(95), {
      ...buildFakeOptions(setup),
      onStateChange: (state) => states.push(state),
    })
    expect(running.state).toBe('idle')
    await running
    expect(states).toEqual(['signing', 'uploading', 'completing', 'done'])
    expect(running.progress).toMatchObject({
      loaded: 95,
      total: 95,
      percentage: 100,
      state: 'done',
    })
  })

  it('shows confirming when the callback failed', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    setup.onRequest = (line) => {
      if (line !== 'POST') return undefined
      setup.isStored = true
      return createOssError(203, 'CallbackFailed')
    }
    const states: UploadState[] = []
    const result = await upload(createFile(5), {
      ...buildFakeOptions(setup),
      onStateChange: (state) => states.push(state),
    })
    expect(result.via).toBe('confirm')
    expect(states).toEqual(['signing', 'uploading', 'confirming', 'done'])
  })

  it('stored without confirmation is a state of its own; resume() asks again and sends nothing', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    let isSilent = true
    setup.onRequest = (line) => {
      if (line === 'POST') {
        setup.isStored = true
        return createOssError(203, 'CallbackFailed')
      }
      return isSilent && line.startsWith('confirm')
        ? createProblem(500, 'HANDLER_FAILED', true)
        : undefined
    }
    const running = upload(createFile(5), buildFakeOptions(setup))
    await expect(running).rejects.toMatchObject({ code: 'CONFIRM_FAILED', retryable: true })
    expect(running.state).toBe('stored')
    expect(running.progress.percentage).toBe(99)
    isSilent = false
    expect(await running.resume()).toMatchObject({ via: 'confirm' })
    expect(running.state).toBe('done')
    expect(setup.log.filter((line) => line === 'POST')).toHaveLength(1)
  })

  it.each(['form', 'put', 'multipart'] as const)(
    'accepted for later: resolves, complete; resume() asks for the response, sending nothing (%s)',
    async (kind) => {
      const setup = createFakeBackend({ kind })
      const last = kind === 'multipart' ? 'complete' : kind === 'put' ? 'PUT' : 'POST'
      let isResponding = false
      setup.onRequest = (line) => {
        if (line !== last && !line.startsWith('confirm')) return undefined
        setup.isStored = true
        return isResponding ? undefined : createResponse(200, { status: 'accepted', id: 'id-1' })
      }
      const storage = createFakeStore()
      const running = upload(createFile(95), { ...buildFakeOptions(setup), storage })
      expect(await running).toMatchObject({ delivery: 'accepted', response: undefined })
      expect(running.state).toBe('stored')
      expect(running.progress).toMatchObject({ loaded: 95, percentage: 100, state: 'stored' })
      expect([...storage.items.keys()].filter((key) => key !== 'upcall:speed')).toEqual([])
      expect(await running.resume()).toMatchObject({ delivery: 'accepted', via: 'confirm' })
      isResponding = true
      setup.log.length = 0
      expect(await running.resume()).toMatchObject({
        ...{ delivery: 'done', response: { stored: 95, by: 'confirm' }, via: 'confirm' },
      })
      expect(running.state).toBe('done')
      expect(setup.log).toEqual(['confirm /uploads/confirm'])
    },
  )

  it('accepted for later: waits for the response as long as waitForResponseMs says', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    let asked = 0
    setup.onRequest = (line) => {
      const isConfirm = line.startsWith('confirm')
      if (line !== 'POST' && !isConfirm) return undefined
      setup.isStored = true
      if (isConfirm) asked += 1
      return asked > 1 ? undefined : createResponse(200, { status: 'accepted', id: 'id-1' })
    }
    const options = { ...buildFakeOptions(setup), waitForResponseMs: 10_000 }
    const running = upload(createFile(95), options)
    expect(await running).toMatchObject({ delivery: 'done', via: 'confirm' })
    expect(running.state).toBe('done')
    expect(asked).toBe(2)
  })

  it('accepted for later: what the service says while waiting is no failure', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    setup.onRequest = (line) => {
      if (line.startsWith('confirm')) return createProblem(500, 'INTERNAL', false)
      return line === 'POST' ? createResponse(200, { status: 'accepted', id: 'id-1' }) : undefined
    }
    const options = { ...buildFakeOptions(setup), waitForResponseMs: 1500 }
    expect(await upload(createFile(95), options)).toMatchObject({ delivery: 'accepted' })
  })

  it.each(['form', 'put', 'multipart'] as const)(
    'HTML with status 200 instead of OSS’s response: BAD_RESPONSE, and resume() sends again (%s)',
    async (kind) => {
      const setup = createFakeBackend({ kind })
      const last = kind === 'multipart' ? 'complete' : kind === 'put' ? 'PUT' : 'POST'
      let times = 0
      setup.onRequest = (line) =>
        line === last && times++ === 0 ? createResponse(200, '<html>Sign in</html>') : undefined
      const running = upload(createFile(95), buildFakeOptions(setup))
      await expect(running).rejects.toMatchObject({
        ...{ code: 'BAD_RESPONSE', status: 200, stage: kind === 'multipart' ? 'complete' : 'send' },
      })
      expect(running.state).toBe('failed')
      expect(await running.resume()).toMatchObject({ via: 'callback' })
      expect(times).toBe(2)
    },
  )

  it.each([403, 407, 413])('HTML with status %i from a proxy ends at once', async (status) => {
    const setup = createFakeBackend({ kind: 'form' })
    setup.onRequest = (line) => (line === 'POST' ? createResponse(status, '<html>') : undefined)
    await expect(upload(createFile(95), buildFakeOptions(setup))).rejects.toMatchObject({
      ...{ code: `HTTP_${status}`, retryable: false },
    })
    expect(setup.log).toEqual(['sign /uploads', 'POST'])
  })

  it('pauses with what is stored, and goes on from there', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const running = upload(createFile(495), buildFakeOptions(setup))
    await until(() => expect(setup.parts.size).toBeGreaterThan(5))
    running.pause()
    expect(running.state).toBe('paused')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const { length } = setup.log
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(setup.log).toHaveLength(length)
    const stored = setup.parts.size
    const result = await running.resume()
    expect(await running).toBe(result)
    expect(setup.log.slice(length).filter((line) => line.startsWith('PUT'))).toHaveLength(
      50 - stored,
    )
    expect(setup.log.filter((line) => line === 'sign /uploads')).toHaveLength(1)
  })

  it.each(['form', 'multipart'] as const)(
    'shows retrying with the time of the next attempt, then what it was before (%s)',
    async (kind) => {
      const setup = createFakeBackend({ kind })
      let times = 0
      setup.onRequest = (line) =>
        /^(POST|complete)$/.test(line) && times++ < 2 ? createOssError(503, 'Busy') : undefined
      const seen: (string | number)[] = []
      const running = upload(createFile(95), {
        ...buildFakeOptions(setup),
        retryDelays: [50, 50],
        onStateChange: (state) => {
          seen.push(state)
          const { nextAttemptAt } = running.progress
          if (state !== 'retrying') expect(nextAttemptAt).toBeUndefined()
          else expect((nextAttemptAt ?? 0) - Date.now()).toBeLessThanOrEqual(50)
        },
      })
      await running
      const sending = kind === 'form' ? 'uploading' : 'completing'
      expect(seen.slice(seen.indexOf(sending))).toEqual([
        ...[sending, 'retrying', sending, 'retrying', sending, 'done'],
      ])
    },
  )

  it('does not show retrying while other parts are being sent', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    let isBroken = false
    setup.onRequest = async (line) => {
      if (line === 'PUT 1' && !isBroken) {
        isBroken = true
        return createOssError(503, 'Busy')
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
      return undefined
    }
    const states: UploadState[] = []
    const onStateChange = (state: UploadState) => states.push(state)
    const options = { ...buildFakeOptions(setup), retryDelays: [20], onStateChange }
    await upload(createFile(495), options)
    expect(states).not.toContain('retrying')
  })

  it('shows offline, can be paused then, and goes on', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const setup = createFakeBackend({ kind: 'form' })
    setup.onRequest = (line) => (line === 'POST' ? NETWORK() : undefined)
    const running = upload(createFile(95), buildFakeOptions(setup))
    await until(() => expect(running.state).toBe('offline'))
    expect((running.progress.nextAttemptAt ?? 0) - Date.now()).toBeGreaterThan(25_000)
    running.pause()
    expect(running.state).toBe('paused')
    online.mockReturnValue(true)
    setup.onRequest = () => undefined
    await running.resume()
    expect(running.state).toBe('done')
    online.mockRestore()
  })

  it('survives being paused and resumed all the time', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const running = upload(createFile(495), buildFakeOptions(setup))
    for (let times = 0; times < 30; times += 1) {
      running.pause()
      if (times % 3) await new Promise((resolve) => setTimeout(resolve, times % 7))
      void running.resume()
      if (times % 2) await new Promise((resolve) => setTimeout(resolve, times % 5))
    }
    await running
    expect(running.state).toBe('done')
    expect(setup.parts.size).toBe(50)
    expect(setup.log.filter((line) => line === 'complete')).toHaveLength(1)
  })

  it('a paused upload lets others go first', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    const uploader = createUploader({ ...buildFakeOptions(setup), concurrency: 1 })
    const held = [1, 2, 3, 4].map((size) => uploader.upload(createFile(size)))
    for (const one of held) one.pause()
    await uploader.upload(createFile(9))
    await Promise.all(held.map((one) => one.resume()))
    expect(held.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done'])
  })

  it('tries a failed upload again with resume(), from what is stored', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line) => (line === 'PUT 9' ? NETWORK() : undefined)
    const running = upload(createFile(95), buildFakeOptions(setup))
    await expect(running).rejects.toMatchObject({ code: 'NETWORK' })
    expect(running.state).toBe('failed')
    const sent = setup.parts.size
    setup.onRequest = () => undefined
    setup.log.length = 0
    await running.resume()
    expect(setup.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10 - sent)
  })

  it('abort() rejects with AbortError at once, and gives the parts back to OSS', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const storage = createFakeStore()
    const running = upload(createFile(495), { ...buildFakeOptions(setup), storage })
    await until(() => expect(setup.parts.size).toBeGreaterThan(3))
    const over = running.abort()
    expect(running.state).toBe('aborted')
    const error: UploadError = await running.then(
      () => undefined as never,
      (reason) => reason,
    )
    expect(error).toMatchObject({ code: 'ABORTED', name: 'AbortError' })
    await over
    expect(setup.log.at(-1)).toBe('abort /uploads/abort')
    expect(storage.items.size).toBe(0)
    const { length } = setup.log
    await running.abort()
    await expect(running.resume()).rejects.toMatchObject({ code: 'ABORTED' })
    expect(setup.log).toHaveLength(length)
  })

  it('a failure never gives up the upload on OSS; only abort() does', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line) => (line === 'PUT 2' ? NETWORK() : undefined)
    const running = upload(createFile(95), buildFakeOptions(setup))
    await expect(running).rejects.toMatchObject({ code: 'NETWORK' })
    expect(setup.log.some((line) => line.includes('abort'))).toBe(false)
    await running.abort()
    expect(setup.log.at(-1)).toBe('abort /uploads/abort')
  })

  it.each([
    ['before it starts', 0],
    ['in the middle', 20],
  ])('obeys its signal %s, and leaves no listener on it', async (_, delayMs) => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    vi.spyOn(signal, 'addEventListener').mockImplementation((...args: unknown[]) => {
      listeners += 1
      Reflect.apply(addEventListener, signal, args)
    })
    vi.spyOn(signal, 'removeEventListener').mockImplementation((...args: unknown[]) => {
      listeners -= 1
      Reflect.apply(removeEventListener, signal, args)
    })
    if (delayMs) setTimeout(() => controller.abort('enough'), delayMs)
    else controller.abort('enough')
    const running = upload(createFile(9950), { ...buildFakeOptions(setup), signal })
    await expect(running).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' })
    expect(listeners).toBe(0)
    if (!delayMs) expect(setup.log).toEqual([])
  })

  it.each(['done', 'failed'])('leaves no listener on its signal when %s', async (end) => {
    const setup = createFakeBackend()
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    if (end === 'failed') setup.onRequest = () => createProblem(415, 'TYPE_REFUSED')
    await upload(createFile(5), { ...buildFakeOptions(setup), signal }).catch(() => {})
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length)
  })

  it('a listener with a bug does not end an upload, and is not silent', async () => {
    const report = vi.spyOn(globalThis, 'reportError').mockImplementation(() => {})
    const setup = createFakeBackend()
    const onProgress = () => {
      throw new Error('bug of the page')
    }
    await upload(createFile(5), { ...buildFakeOptions(setup), onProgress })
    expect(report).toHaveBeenCalled()
    report.mockRestore()
  })
})

it('findPreviousUploads tells what upload() would go on with', async () => {
  const setup = createFakeBackend({ kind: 'multipart' })
  const options = { ...buildFakeOptions(setup), storage: createFakeStore() }
  expect(await findPreviousUploads(createFile(95), options)).toEqual([])
  setup.onRequest = (line) => (line === 'PUT 2' ? NETWORK() : undefined)
  await upload(createFile(95), options).catch(() => {})
  const uploader = createUploader(options)
  expect(await uploader.findPreviousUploads(createFile(95))).toMatchObject([
    { id: 'id-1', key: 'key', size: 95, partSize: 10, partCount: 10 },
  ])
  expect(await uploader.findPreviousUploads(createFile(96))).toEqual([])
})
