import { describe, expect, it, vi } from 'vitest'
import { UploadError } from '../../../client/http/errors.ts'
import { ALWAYS_ONLINE } from '../../../client/mini/host.ts'
import { type MiniOptions, type Platform, startUpload } from '../../../client/mini/upload.ts'
import type { TransportResponse, UploadState } from '../../../client/options.ts'
import { createGate } from '../../../client/upload/queue.ts'

function respond(status: number, body: unknown): TransportResponse {
  return { status, text: JSON.stringify(body), header: () => undefined }
}

const EXPIRED = `<Error><Code>AccessDenied</Code><EC>0006-00000213</EC></Error>`

/** A platform in memory: what the service and OSS respond is up to the test. */
function createPlatform(more: Partial<Platform> = {}) {
  const asked: string[] = []
  const platform: Platform = {
    host: ALWAYS_ONLINE,
    gate: createGate(1),
    method: 'form',
    describe: async () => ({ path: 'wxfile://1.jpg', name: '1.jpg', type: 'image/jpeg', size: 10 }),
    async sendText({ url }) {
      asked.push(url.replace('https://u.test', ''))
      return respond(201, { kind: 'form', id: 'id', key: 'k', session: 's', url: '', fields: {} })
    },
    async sendFile(_ticket, _file, { onSent }) {
      asked.push('file')
      onSent(10)
      return respond(200, { ok: true })
    },
    ...more,
  }
  const states: UploadState[] = []
  const options: MiniOptions = {
    endpoint: 'https://u.test/',
    profile: 'any',
    retryDelays: [1],
    onStateChange: (state) => states.push(state),
  }
  return { platform, options, asked, states }
}

describe('startUpload', () => {
  it('ends as stored when the service has accepted the upload for later', async () => {
    const sendFile = async () => respond(200, { status: 'accepted', id: 'id' })
    const { platform, options, states } = createPlatform({ sendFile })
    const heard: number[] = []
    const onProgress: MiniOptions['onProgress'] = ({ percentage }) => heard.push(percentage)
    const result = await startUpload({ ...options, onProgress }, platform)
    expect(result).toMatchObject({ delivery: 'accepted', response: undefined })
    expect(states.at(-1)).toBe('stored')
    expect(heard.at(-1)).toBe(100)
  })

  it('renews an expired ticket once, not again and again', async () => {
    const sendFile = vi.fn(async () => ({ ...respond(403, ''), text: EXPIRED }))
    const { platform, options, asked } = createPlatform({ sendFile })
    await expect(startUpload(options, platform)).rejects.toMatchObject({ code: 'AccessDenied' })
    expect(sendFile).toHaveBeenCalledTimes(2)
    expect(asked).toEqual(['/uploads', '/uploads'])
  })

  it('refuses what is not a ticket', async () => {
    const { platform, options } = createPlatform({ sendText: async () => respond(200, null) })
    await expect(startUpload(options, platform)).rejects.toMatchObject({ code: 'BAD_RESPONSE' })
  })

  it('prefers the caller’s name and type', async () => {
    const bodies: string[] = []
    const { platform, options } = createPlatform()
    const { sendText } = platform
    platform.sendText = (request) => {
      bodies.push(request.body)
      return sendText(request)
    }
    await startUpload({ ...options, name: '照片.heic', type: 'image/heic' }, platform)
    const facts = {
      profile: 'any',
      name: '照片.heic',
      type: 'image/heic',
      size: 10,
      method: 'form',
    }
    expect(JSON.parse(bodies[0] ?? '')).toEqual(facts)
  })

  it('goes on when a listener of the page throws', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { platform, options } = createPlatform()
    const onStateChange = () => {
      throw new Error('of the page')
    }
    await startUpload({ ...options, onStateChange }, platform)
    expect(report).toHaveBeenCalled()
    report.mockRestore()
  })

  it('leaves the queue when it is stopped before its turn', async () => {
    const { platform, options, asked, states } = createPlatform()
    let finish: (response: TransportResponse) => void = () => {}
    const first = startUpload(options, {
      ...platform,
      sendFile: () => new Promise((resolve) => (finish = resolve)),
    })
    const second = startUpload(
      { ...options, onStateChange: (state) => states.push(state) },
      platform,
    )
    await vi.waitFor(() => expect(states).toContain('uploading'))
    second.abort()
    await expect(second).rejects.toMatchObject({ code: 'ABORTED' })
    finish(respond(200, 1))
    expect(await first).toMatchObject({ response: 1 })
    expect(await startUpload(options, platform)).toMatchObject({ delivery: 'done' })
    expect(asked).toEqual(['/uploads', '/uploads', 'file'])
  })

  it('is aborted also while the file is looked at', async () => {
    const { platform, options, states } = createPlatform({
      describe: () =>
        new Promise((resolve) =>
          setTimeout(() => resolve({ path: 'a', name: 'a', type: '', size: 1 }), 5),
        ),
    })
    const running = startUpload(options, platform)
    running.abort()
    running.abort()
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
    expect(states).toEqual(['aborted'])
  })

  it('tells when it will try again, and what the state was before', async () => {
    let failures = 1
    const { platform, options, states } = createPlatform()
    const { sendFile } = platform
    platform.sendFile = (...args) => {
      if (failures === 0) return sendFile(...args)
      failures -= 1
      throw new UploadError('SlowDown', 'send', { status: 429, retryable: true })
    }
    const heard: (number | undefined)[] = []
    await startUpload(
      { ...options, onProgress: ({ nextAttemptAt }) => heard.push(nextAttemptAt) },
      platform,
    )
    expect(states).toEqual(['signing', 'uploading', 'retrying', 'uploading', 'done'])
    expect(heard[2]).toBeGreaterThan(Date.now() - 60_000)
    expect(heard.at(-1)).toBeUndefined()
  })
})
