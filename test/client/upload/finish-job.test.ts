import { describe, expect, it, vi } from 'vitest'
import { upload } from '../../../client/index.ts'
import { createFile } from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeBackend,
  createOssError,
  createProblem,
  failHalfWay,
} from '../../support/fake-transport.ts'

describe('an upload that is not there any more', () => {
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
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line, { url }) =>
      line.startsWith('PUT') && url.includes('w=1&')
        ? createOssError(404, 'NoSuchUpload')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-2')
  })

  it('does not start anew for ever', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line) =>
      line.startsWith('PUT') ? createOssError(404, 'NoSuchUpload') : undefined
    await expect(upload(createFile(95), buildFakeOptions(setup))).rejects.toMatchObject({
      code: 'NoSuchUpload',
    })
    expect(setup.log.filter((line) => line === 'sign /uploads')).toHaveLength(3)
  })

  it('asks for a new ticket when the form policy has expired', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    let times = 0
    setup.onRequest = (line) =>
      line === 'POST' && times++ === 0
        ? createOssError(403, 'AccessDenied', '0006-00000213')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-2')
  })

  const LATE = () => createOssError(403, 'AccessDenied', '0006-00000213')

  it('switches to parts when a form is slower than its policy', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    setup.onRequest = (line, { body }) => {
      if (line === 'POST') return LATE()
      if (String(body).includes('"method":"multipart"')) setup.settings.kind = 'multipart'
      return undefined
    }
    const result = await upload(createFile(95), buildFakeOptions(setup))
    expect(result).toMatchObject({ id: 'id-2', via: 'callback' })
    expect(setup.log.filter((line) => line === 'POST')).toHaveLength(1)
    expect(setup.parts.size).toBe(10)
  })

  it.each(['the profile', 'the caller'])(
    'ends when a new ticket is too late as well, where %s allows no parts',
    async (who) => {
      const setup = createFakeBackend({ kind: 'form' })
      setup.onRequest = (line, { body }) => {
        if (line === 'POST') return LATE()
        const isRefused = String(body).includes('"method":"multipart"')
        return isRefused ? createProblem(403, 'METHOD_REFUSED') : undefined
      }
      const options = buildFakeOptions(setup)
      const running = upload(
        createFile(95),
        who === 'the caller' ? { ...options, method: 'form' } : options,
      )
      await expect(running).rejects.toMatchObject({ code: 'AccessDenied', ec: '0006-00000213' })
      expect(setup.log.filter((line) => line === 'POST')).toHaveLength(2)
    },
  )

  it('completes with new URLs when those of its parts have expired, and sends no part again', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    let times = 0
    setup.onRequest = (line) =>
      line === 'complete' && times++ === 0
        ? createOssError(403, 'AccessDenied', '0002-00000236')
        : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-1')
    expect(setup.log.filter((line) => line.startsWith('PUT'))).toHaveLength(10)
  })

  it('sends a small file again that OSS holds differently', async () => {
    const setup = createFakeBackend({ kind: 'put' })
    let times = 0
    setup.onRequest = (line) =>
      line === 'PUT' && times++ === 0 ? { status: 200, text: '{}', header: () => '1' } : undefined
    expect((await upload(createFile(95), buildFakeOptions(setup))).id).toBe('id-2')
  })
})
