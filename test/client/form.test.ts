import { describe, expect, it } from 'vitest'
import { type FormProgress, type UploadState, upload } from '../../client/form.ts'
import { crc64 } from '../../src/protocol/crc64.ts'
import { createFile } from '../support/browser-page.ts'
import {
  createFakeBackend,
  createOssError,
  createProblem,
  createResponse,
  NETWORK,
} from '../support/fake-transport.ts'

function buildOptions({
  transport,
}: {
  transport: ReturnType<typeof createFakeBackend>['transport']
}) {
  const states: UploadState[] = []
  const heard: FormProgress[] = []
  const options = {
    ...{ endpoint: 'https://service.test', profile: 'any', retryDelays: [0, 0], transport },
    onStateChange: (state: UploadState) => states.push(state),
    onProgress: (progress: FormProgress) => heard.push(progress),
  }
  return { options, states, heard }
}

describe('the form-only client', () => {
  it('asks for a form, sends it and returns the response', async () => {
    const setup = createFakeBackend()
    const { options, states, heard } = buildOptions(setup)
    const result = await upload(createFile(95), options)
    expect(result).toEqual({
      id: 'id-1',
      key: 'key',
      via: 'callback',
      delivery: 'done',
      response: { stored: 95, by: 'callback' },
      crc64: String(crc64(new Uint8Array(await createFile(95).arrayBuffer()))),
    })
    expect(setup.log).toEqual(['sign /uploads', 'POST'])
    expect(JSON.parse(String(setup.requests[0]?.body))).toMatchObject({ method: 'form', size: 95 })
    expect(states).toEqual(['signing', 'uploading', 'done'])
    expect(heard.at(-1)).toEqual({ loaded: 95, total: 95, percentage: 100, state: 'done' })
    const loaded = heard.map((progress) => progress.loaded)
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b))
  })

  it('ends as stored, complete, when the service has accepted the upload for later', async () => {
    const setup = createFakeBackend()
    setup.onRequest = (line) =>
      line === 'POST' ? createResponse(200, { status: 'accepted', id: 'id-1' }) : undefined
    const { options, states, heard } = buildOptions(setup)
    const result = await upload(createFile(95), options)
    expect(result).toMatchObject({ id: 'id-1', delivery: 'accepted', response: undefined })
    expect(states.at(-1)).toBe('stored')
    expect(heard.at(-1)).toEqual({ loaded: 95, total: 95, percentage: 100, state: 'stored' })
  })

  it.each([null, 5, 'text', false, []])('returns the response %j', async (value) => {
    const setup = createFakeBackend()
    setup.onRequest = (line) =>
      line === 'POST' ? createResponse(200, JSON.stringify(value)) : undefined
    const { options } = buildOptions(setup)
    expect(await upload(createFile(95), options)).toMatchObject({ response: value })
  })

  it('confirms after a 203', async () => {
    const setup = createFakeBackend()
    setup.onRequest = (line) => {
      if (line !== 'POST') return undefined
      setup.isStored = true
      return createOssError(203, 'CallbackFailed')
    }
    const { options, states } = buildOptions(setup)
    expect(await upload(createFile(5), options)).toMatchObject({ via: 'confirm' })
    expect(states).toContain('confirming')
  })

  it.each([
    ['failed', createProblem(415, 'TYPE_REFUSED'), 'TYPE_REFUSED'],
    ['failed', NETWORK(), 'NETWORK'],
  ] as const)('ends as %s', async (state, response, code) => {
    const setup = createFakeBackend()
    setup.onRequest = () => response
    const { options, states } = buildOptions(setup)
    await expect(upload(createFile(5), options)).rejects.toMatchObject({ code })
    expect(states.at(-1)).toBe(state)
  })

  it.each(['abort()', 'the signal', 'a signal that was aborted before'])(
    'is stopped by %s',
    async (how) => {
      const setup = createFakeBackend()
      const { options, states } = buildOptions(setup)
      const controller = new AbortController()
      if (how.includes('before')) controller.abort()
      const running = upload(createFile(5), { ...options, signal: controller.signal })
      if (how === 'abort()') running.abort()
      else controller.abort()
      await expect(running).rejects.toMatchObject({ code: 'ABORTED', name: 'AbortError' })
      expect(states.at(-1)).toBe('aborted')
      expect(setup.log).not.toContain('POST')
    },
  )
})
