/** The plugin inside the real Uppy with its real Dashboard, against the real service and local OSS. */
import Uppy, { type Body, type Meta } from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OssUpcall, type OssUpcallOptions } from '../../client/uppy.ts'
import {
  askBackend,
  buildOptions,
  createFile,
  readDigest,
  setRules,
  sha256,
  takeStats,
} from '../support/browser-page.ts'

const MIB = 1024 * 1024

interface ServerResponse extends Body {
  id: string
  key: string
  size: number
  name: string
  vars: Record<string, string>
}

let uppy: Uppy<Meta, ServerResponse>
let target: HTMLElement

async function createUppy(
  more: Partial<OssUpcallOptions<Meta, ServerResponse>> = {},
): Promise<void> {
  const { vars: _, ...options } = await buildOptions({ method: 'multipart', partSize: MIB })
  uppy = new Uppy<Meta, ServerResponse>()
    .use(Dashboard, { inline: true, target, width: 700, height: 500 })
    .use(OssUpcall<Meta, ServerResponse>, { ...options, ...more })
}

function find(label: RegExp): HTMLElement | undefined {
  return [...target.querySelectorAll<HTMLElement>('button')].find((button) =>
    label.test(button.title || button.ariaLabel || button.textContent || ''),
  )
}

async function press(label: RegExp): Promise<void> {
  await vi.waitFor(() => expect(find(label), String(label)).toBeDefined())
  find(label)?.click()
}

beforeEach(async () => {
  await askBackend('reset')
  target = document.body.appendChild(document.createElement('div'))
})

afterEach(async () => {
  uppy.destroy()
  target.remove()
  await setRules({})
})

describe('OssUpcall in Uppy', () => {
  it('uploads from the Dashboard; response.body is the server’s response', async () => {
    await createUppy({ vars: ({ name }) => ({ album: `of ${name}` }) })
    const large = createFile(3 * MIB + 5, 'large.bin')
    const small = createFile(1000, '笔记.txt')
    const ids = [large, small].map((data) => uppy.addFile({ data, name: data.name }))
    const progress: number[] = []
    uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal }) => {
      if (file?.id === ids[0]) progress.push(bytesUploaded / (bytesTotal ?? 1))
    })
    const done = new Promise((resolve) => uppy.once('complete', resolve))
    await press(/^Upload 2 files$/)
    await done

    const files = ids.map((id) => uppy.getFile(id ?? ''))
    expect(files.map(({ progress }) => progress.percentage)).toEqual([100, 100])
    expect(files.map(({ response }) => response?.body?.name)).toEqual(['large.bin', '笔记.txt'])
    expect(files[1]?.response?.body?.vars).toEqual({ album: 'of 笔记.txt' })
    const key = files[0]?.response?.body?.key ?? ''
    expect((await readDigest(key)).sha256).toBe(await sha256(large))
    // Typed by Uppy from the name: a text, although the File said nothing.
    expect((await readDigest(files[1]?.response?.body?.key ?? '')).type).toBe('text/plain')
    expect(progress.length).toBeGreaterThan(0)
    // 100 % once, at the very end.
    expect(Math.max(...progress.slice(0, -1))).toBeLessThan(1)
    await vi.waitFor(() => expect(target.textContent).toContain('Complete'))
  })

  it('counts a file as uploaded that the service has accepted for later, and says so', async () => {
    await createUppy({ method: 'form' })
    await askBackend('respondWith', { isAccepted: true })
    const id = uppy.addFile({ data: createFile(1000, 'later.bin'), name: 'later.bin' })
    expect((await uppy.upload())?.successful?.map(({ name }) => name)).toEqual(['later.bin'])
    expect(uppy.getFile(id).response).toMatchObject({ status: 202, body: undefined })
    expect(uppy.getState().info.map(({ message }) => message)).toEqual([
      'later.bin: uploaded, being processed',
    ])
  })

  it('pauses and resumes by the Dashboard’s buttons, and goes on where it stopped', async () => {
    await createUppy({ concurrency: 2 })
    await setRules({ bytesPerSecond: 3 * MIB })
    const id = uppy.addFile({ data: createFile(8 * MIB, 'film.bin'), name: 'film.bin' })
    const outcome = uppy.upload()
    await vi.waitFor(
      () => expect(uppy.getFile(id).progress.bytesUploaded).toBeGreaterThan(4 * MIB),
      { timeout: 10_000 },
    )
    await press(/^Pause$/)
    expect(uppy.getFile(id).isPaused).toBe(true)
    await takeStats()
    await setRules({})
    await press(/^Resume$/)
    await outcome
    expect(uppy.getFile(id).response?.body?.size).toBe(8 * MIB)
    const { operations } = await takeStats()
    // More than half had left, two of its parts perhaps not whole.
    expect(operations.filter((name) => name === 'UploadPart').length).toBeLessThan(8)
  })

  it('pauses one file by its own button', async () => {
    await createUppy()
    await setRules({ bytesPerSecond: MIB })
    const id = uppy.addFile({ data: createFile(4 * MIB, 'one.bin'), name: 'one.bin' })
    const outcome = uppy.upload()
    await vi.waitFor(() => expect(uppy.getFile(id).progress.uploadStarted).toBeTruthy())
    uppy.pauseResume(id)
    expect(uppy.getFile(id).isPaused).toBe(true)
    await setRules({})
    uppy.pauseResume(id)
    await outcome
    expect(uppy.getFile(id).progress.uploadComplete).toBe(true)
  })

  it('gives an upload up, on OSS too, when its file is removed', async () => {
    await createUppy()
    await setRules({ bytesPerSecond: MIB })
    const id = uppy.addFile({ data: createFile(4 * MIB, 'gone.bin'), name: 'gone.bin' })
    const outcome = uppy.upload()
    await vi.waitFor(() => expect(uppy.getFile(id).progress.bytesUploaded).toBeGreaterThan(0), {
      timeout: 10_000,
    })
    uppy.removeFile(id)
    await setRules({})
    expect(await outcome).toMatchObject({ failed: [] })
    await vi.waitFor(
      async () => expect((await takeStats()).calls).toContain('POST /uploads/abort'),
      {
        timeout: 10_000,
      },
    )
  })

  it('tells Uppy of a failure and tries again when Uppy says so', async () => {
    await createUppy({ retryDelays: [], method: 'form' })
    await setRules({ unavailableNext: 1 })
    const id = uppy.addFile({ data: createFile(1000, 'again.bin'), name: 'again.bin' })
    expect((await uppy.upload())?.failed?.map((file) => file.name)).toEqual(['again.bin'])
    expect(uppy.getFile(id).error).toBeTruthy()
    await setRules({})
    await press(/^Retry/)
    await vi.waitFor(() => expect(uppy.getFile(id).progress.uploadComplete).toBe(true), {
      timeout: 10_000,
    })
    expect(uppy.getFile(id).response?.body?.size).toBe(1000)
  })

  it('says that it waits for the network, and for how long until the next attempt', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    await createUppy({ method: 'form', retryDelays: [30_000] })
    vi.spyOn(Math, 'random').mockReturnValue(0.1)
    await setRules({ refuse: true })
    const id = uppy.addFile({ data: createFile(1000, 'wait.bin'), name: 'wait.bin' })
    const outcome = uppy.upload()
    const messages = () => uppy.getState().info.map(({ message }) => message)
    await vi.waitFor(
      () => expect(messages()).toContain('Offline: uploads continue when the network is back.'),
      5000,
    )
    online.mockRestore()
    dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(messages()).toContain('wait.bin: trying again in 3 s'), 5000)
    await setRules({})
    await outcome
    expect(uppy.getFile(id).progress.uploadComplete).toBe(true)
    vi.restoreAllMocks()
  }, 20_000)

  it('refuses a file whose bytes are elsewhere', async () => {
    await createUppy()
    const remote = { companionUrl: '', requestClientId: '', url: '' }
    const far = { name: 'far.bin', data: { size: 5 }, isRemote: true, remote }
    const id = uppy.addFile(far)
    const codes: unknown[] = []
    uppy.on('upload-error', (_, error) => codes.push('code' in error && error.code))
    await uppy.upload()
    expect(codes).toEqual(['REMOTE_FILE'])
    expect(uppy.getFile(id).error).toContain('choose it from this device')
  })

  it('leaves nothing behind when it is removed', async () => {
    await createUppy()
    const plugin = uppy.getPlugin('OssUpcall')
    expect(uppy.getState().capabilities.resumableUploads).toBe(true)
    if (plugin) uppy.removePlugin(plugin)
    expect(uppy.getState().capabilities.resumableUploads).toBe(false)
    const id = uppy.addFile({ data: createFile(10, 'late.bin'), name: 'late.bin' })
    await uppy.upload()
    expect(uppy.getFile(id).progress.uploadStarted).toBeFalsy()
  })
})
