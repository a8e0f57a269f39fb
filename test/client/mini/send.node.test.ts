import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MiniApi, RequestSettings, UploadFileSettings } from '../../../client/mini/model.ts'
import { RESPONSE_TIMEOUT_MS, sendFile, sendText } from '../../../client/mini/send.ts'
import { createStopper } from '../../../client/mini/stop-signal.ts'

const URL = 'https://uploads.example.com/uploads'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function createApi(task: object = {}) {
  const requests: RequestSettings[] = []
  const uploads: UploadFileSettings[] = []
  const abort = vi.fn()
  const api: MiniApi = {
    request(settings) {
      requests.push(settings)
      return { abort, ...task }
    },
    uploadFile(settings) {
      uploads.push(settings)
      return { abort, ...task }
    },
  }
  return { api, requests, uploads, abort }
}

const buildText = (signal: AbortSignal) => ({
  stage: 'sign' as const,
  url: URL,
  headers: { a: 'b' },
  body: '{}',
  signal,
})

function buildFile(signal: AbortSignal, onSent: (sent: number) => void = () => {}) {
  const fields = { key: 'k' }
  const facts = { filePath: 'wxfile://1.jpg', fields, fileType: 'image' as const, size: 1000 }
  return { stage: 'send' as const, url: URL, signal, stallTimeoutMs: 20_000, onSent, ...facts }
}

describe('sendText', () => {
  it('reads text and parsed JSON alike, and headers in any case', async () => {
    for (const data of ['{"a":1}', { a: 1 }]) {
      const { api, requests } = createApi()
      const sent = sendText(api, buildText(createStopper().signal))
      const [settings] = requests
      expect(settings).toMatchObject({ url: URL, method: 'POST', header: { a: 'b' }, data: '{}' })
      settings?.success({ data, statusCode: 201, header: { 'Retry-After': 3 } })
      const response = await sent
      expect([response.status, response.text]).toEqual([201, '{"a":1}'])
      expect(response.header('retry-after')).toBe('3')
      expect(response.header('x-other')).toBeUndefined()
    }
  })

  it('gives up after its limit, and cancels the task', async () => {
    const { api, requests, abort } = createApi()
    const sent = sendText(api, buildText(createStopper().signal))
    const outcome = expect(sent).rejects.toMatchObject({ code: 'STALLED', stage: 'sign' })
    await vi.advanceTimersByTimeAsync(RESPONSE_TIMEOUT_MS)
    await outcome
    expect(abort).toHaveBeenCalledTimes(1)
    // What the platform says afterwards has no effect.
    requests[0]?.fail({ errMsg: 'request:fail abort' })
    requests[0]?.success({ data: '', statusCode: 200 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends with the reason of its signal', async () => {
    const { api, abort } = createApi()
    const { signal, stop } = createStopper()
    const sent = sendText(api, buildText(signal))
    stop('enough')
    await expect(sent).rejects.toBe('enough')
    expect(abort).toHaveBeenCalledTimes(1)
    await expect(sendText(api, buildText(signal))).rejects.toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('reads the response in a fault, as Alipay reports HTTP errors', async () => {
    const { api, requests } = createApi()
    const sent = sendText(api, buildText(createStopper().signal))
    const fault = { errMsg: 'http status error', status: 409, data: '{}', headers: { A: 'b' } }
    requests[0]?.fail(fault)
    const response = await sent
    expect([response.status, response.text, response.header('a')]).toEqual([409, '{}', 'b'])
  })

  it('leaves no rejection of Taro’s promise unhandled', async () => {
    const taro: MiniApi = {
      request({ fail }) {
        fail({ errMsg: 'request:fail' })
        return Promise.reject(new Error('Also reported by `fail`.'))
      },
      uploadFile() {},
    }
    const sent = sendText(taro, buildText(createStopper().signal))
    await expect(sent).rejects.toMatchObject({ code: 'NETWORK' })
  })

  it('rejects with what the platform throws', async () => {
    const broken: MiniApi = {
      request() {
        throw new TypeError('parameter error')
      },
      uploadFile() {},
    }
    const sent = sendText(broken, buildText(createStopper().signal))
    await expect(sent).rejects.toThrow('parameter error')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('sendFile', () => {
  it('names the field `file` and gives the platform the time that the size needs', async () => {
    const { api, uploads } = createApi()
    const sent = sendFile(api, buildFile(createStopper().signal))
    expect(uploads[0]).toMatchObject({
      filePath: 'wxfile://1.jpg',
      name: 'file',
      formData: { key: 'k' },
      fileType: 'image',
      timeout: 20_000 + 30_000 + Math.ceil(1000 / 16),
    })
    uploads[0]?.success({ data: '{}', statusCode: 200 })
    expect((await sent).status).toBe(200)
  })

  it('counts the bytes of the file alone, and gives up when they stop', async () => {
    const listeners: ((update: object) => void)[] = []
    const { api, abort } = createApi({
      onProgressUpdate: (listener: (update: object) => void) => listeners.push(listener),
    })
    const seen: number[] = []
    const sent = sendFile(
      api,
      buildFile(createStopper().signal, (bytes) => seen.push(bytes)),
    )
    const outcome = expect(sent).rejects.toMatchObject({ code: 'STALLED' })
    const update = (totalBytesSent: number) =>
      listeners[0]?.({
        progress: totalBytesSent / 15,
        totalBytesSent,
        totalBytesExpectedToSend: 1500,
      })
    update(100)
    update(750)
    await vi.advanceTimersByTimeAsync(19_000)
    update(1400)
    await vi.advanceTimersByTimeAsync(19_000)
    expect(abort).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1000)
    await outcome
    expect(seen).toEqual([0, 250, 900])
    update(1500)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits longer for the response, once all has left', async () => {
    const listeners: ((update: object) => void)[] = []
    const { api, uploads } = createApi({
      onProgressUpdate: (listener: (update: object) => void) => listeners.push(listener),
    })
    const sent = sendFile(api, buildFile(createStopper().signal))
    listeners[0]?.({ progress: 100 })
    await vi.advanceTimersByTimeAsync(RESPONSE_TIMEOUT_MS - 1)
    uploads[0]?.success({ data: 'late', statusCode: 200 })
    expect((await sent).text).toBe('late')
  })

  it('reads per cent where there are no bytes, and does without a task', async () => {
    const listeners: ((update: object) => void)[] = []
    const { api } = createApi({
      onProgressUpdate: (listener: (update: object) => void) => listeners.push(listener),
    })
    const seen: number[] = []
    void sendFile(
      api,
      buildFile(createStopper().signal, (bytes) => seen.push(bytes)),
    )
    listeners[0]?.({ progress: 40 })
    expect(seen).toEqual([400])

    const bare: MiniApi = {
      request() {},
      uploadFile: ({ success }) => success({ data: '', statusCode: 204 }),
    }
    expect((await sendFile(bare, buildFile(createStopper().signal))).status).toBe(204)
  })
})
