/**
 * The ordinary client in the browsers inside WeChat and QQ, as far as Chromium can stand in for them: files without a type and
 * with the names that these give them, and pages that the app kills without a word.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type UploadOptions, upload } from '../../client/index.ts'
import {
  askBackend,
  buildOptions,
  createFile,
  readDigest,
  setRules,
  sha256,
  takeStats,
} from '../support/browser-page.ts'

const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

beforeEach(async () => {
  await askBackend('reset')
  localStorage.clear()
})
afterEach(() => localStorage.clear())

describe('a file without a type', () => {
  it.each([
    ['mmexport1700000000000.jpg', [], 'image/jpeg'],
    ['wx_camera_1700000000000.jpg', [], 'image/jpeg'],
    ['Screenshot_2026-11-27-03-30-12-345_com.tencent.mm.PNG', [], 'image/png'],
    ['假日 🏖（1）.HEIC', [], 'image/heic'],
    ['image:1000004567', JPEG, 'image/jpeg'],
    ['1000004567', PNG, 'image/png'],
    ['-5d3f9c2ab1e7', PNG, 'image/png'],
    ['msf:31', JPEG, 'image/jpeg'],
    ['%E5%81%87%E6%97%A5', JPEG, 'image/jpeg'],
    ['a/b\\c.jpg', [], 'image/jpeg'],
    ['"><script>.jpg', [], 'image/jpeg'],
    [`${'长'.repeat(80)}.jpg`, [], 'image/jpeg'],
    ['', JPEG, 'image/jpeg'],
  ])('named "%s" is stored as what it is', async (name, bytes, type) => {
    const file = new File([new Uint8Array(bytes), 'and more'], name)
    expect(file.type).toBe('')
    const { key, response } = await upload(file, await buildOptions({ profile: 'photos' }))
    const digest = await readDigest(key)
    expect(digest).toMatchObject({ type, size: file.size, sha256: await sha256(file) })
    // A name reaches the application as data, and never the key.
    expect(response).toMatchObject({ name: name || 'blob' })
    expect(key).toMatch(/^photos\/user-42\/[\w-]+\.\w+$/)
  })
})

/** What the app shows; `kill` takes it away in the middle of whatever it does, as the app or the system does. */
interface Page {
  upload: typeof upload
  createFile(name: string, lastModified: number): File
  kill(): void
}

async function openPage(bytes: ArrayBuffer): Promise<Page> {
  const frame = document.createElement('iframe')
  // The test runner rewrites dynamic imports to go through an object of its own.
  frame.srcdoc = `<script>__vitest_browser_runner__ = parent.__vitest_browser_runner__</script>
  <script type="module">
    import { upload } from '/client/index.ts'
    Object.assign(window, { upload })
  </script>`
  document.body.append(frame)
  const view = () => frame.contentWindow as (Window & typeof globalThis & Partial<Page>) | null
  await expect.poll(() => view()?.upload).toBeDefined()
  const page = view()
  if (!page?.upload) throw new Error('The page did not load.')
  return {
    upload: page.upload,
    createFile: (name, lastModified) => new page.File([bytes], name, { lastModified }),
    kill: () => frame.remove(),
  }
}

describe('a page that is killed', () => {
  /** Kills a page in the middle of a file in ten parts. @returns how to choose a file again */
  async function killHalfWay(source: File): Promise<UploadOptions> {
    const options = await buildOptions({
      method: 'multipart',
      partSize: 102_400,
      storage: localStorage,
      // Android copies a chosen file: its date is always new.
      fingerprint: ({ size }, { profile, name = '' }) => JSON.stringify([profile, name, size]),
      name: '视频.mp4',
    })
    await setRules({ bytesPerSecond: 500_000 })
    const page = await openPage(await source.arrayBuffer())
    let loaded = 0
    const onProgress: UploadOptions['onProgress'] = (progress) => {
      loaded = progress.loaded
    }
    const running = { ...options, onProgress, concurrency: 2 }
    void page.upload(page.createFile('1', 1), running).catch(() => {})
    await expect.poll(() => loaded).toBeGreaterThan(400_000)
    page.kill()
    await setRules({})
    const { operations } = await takeStats()
    expect(operations.filter((operation) => operation === 'UploadPart').length).toBeGreaterThan(1)
    return options
  }

  it('goes on where it was, when the file is chosen again', async () => {
    const source = createFile(1_024_000)
    const options = await killHalfWay(source)
    const page = await openPage(await source.arrayBuffer())
    const { key } = await page.upload(page.createFile('2', Date.now()), options)
    const { operations, receipts, calls } = await takeStats()
    expect(await readDigest(key)).toMatchObject({ sha256: await sha256(source) })
    expect(calls[0]).toBe('POST /uploads/state')
    expect(operations.filter((operation) => operation === 'UploadPart').length).toBeLessThan(9)
    expect(receipts).toBe(1)
    page.kill()
  })

  it('does not mix its file with another of the same name and size', async () => {
    const options = await killHalfWay(createFile(1_024_000))
    const other = new Uint8Array(1_024_000).fill(7)
    const page = await openPage(other.buffer)
    const { key } = await page.upload(page.createFile('2', 2), options)
    expect(await readDigest(key)).toMatchObject({ sha256: await sha256(new Blob([other])) })
    page.kill()
  })

  it('has told the application already, when the bytes had left', async () => {
    const bytes = await createFile(50_000).arrayBuffer()
    const options = await buildOptions()
    await setRules({ latencyMs: 300 })
    const page = await openPage(bytes)
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    page.upload(page.createFile('a.bin', 1), options).then(settle, settle)
    let receipts = 0
    await expect
      .poll(async () => {
        receipts += (await takeStats()).receipts
        return receipts
      })
      .toBe(1)
    page.kill()
    expect(isSettled).toBe(false)
  })
})
