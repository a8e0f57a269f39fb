/** The client in a stand-in of React Native's runtime, with a real service and a local OSS over sockets. */
import { describe, expect, it } from 'vitest'
import type * as NativeModule from '../../../client/mini/react-native.ts'
import type { NativeOptions, RetryInfo } from '../../../client/mini/react-native.ts'
import { makePattern } from '../../support/local-oss.ts'
import { startBackend } from '../../support/mini-programs/backend.ts'
import { createNativeApp, type NativeDevice } from '../../support/mini-programs/react-native.ts'
import { loadNative } from '../../support/mini-programs/sandbox.ts'

const backend = startBackend()
const PHOTO = 'file:///data/user/0/com.app/cache/%E5%81%87%E6%97%A5%201.jpg'
const CONTENT = 'content://media/external/images/media/1000004567'

async function createApp(device: NativeDevice = 'ios') {
  const files = new Map([
    [PHOTO, makePattern(300_000)],
    [CONTENT, makePattern(2_000_000)],
  ])
  const app = createNativeApp(device, files)
  const { upload } = await loadNative<typeof NativeModule>(app.globals)
  const retries: RetryInfo[] = []
  const options: NativeOptions = {
    endpoint: backend.endpoint,
    profile: 'photos',
    headers: async () => ({ Authorization: `Bearer ${await backend.token()}` }),
    retryDelays: [5, 10],
    onRetry: (info) => retries.push(info),
  }
  return { ...app, upload, options, files, retries }
}

const dropOnce = (operation: string, when: 'before-storing' | 'after-storing') => {
  let drops = 1
  backend.requestFault = (request) => {
    if (request.operation !== operation || drops === 0) return undefined
    drops -= 1
    return { kind: 'drop', when }
  }
}

describe('upload in React Native', () => {
  it.each(['ios', 'android'] as const)('stores a file by its URI on %s', async (device) => {
    const { upload, options, log, blobs } = await createApp(device)
    const heard: number[] = []
    const onProgress: NativeOptions['onProgress'] = ({ percentage }) => heard.push(percentage)
    const result = await upload({ uri: PHOTO, fileSize: 300_000 }, { ...options, onProgress })
    expect(result).toMatchObject({
      via: 'callback',
      response: { saved: result.key, bytes: 300_000, 名称: '假日 1.jpg' },
    })
    const { type, bytes } = await backend.read(result.key)
    expect([type, bytes]).toEqual(['image/jpeg', makePattern(300_000)])
    expect(result.crc64).toBe(backend.receipts[0]?.crc64)
    expect(heard).toEqual([...heard].sort((a, b) => a - b))
    expect(heard.at(-1)).toBe(100)
    expect(log).toEqual(['PUT uri'])
    expect(blobs.opened).toBe(0)
  })

  it('takes what pickers return, and measures a file whose size they do not tell', async () => {
    const { upload, options, blobs } = await createApp('android')
    await upload({ uri: CONTENT, fileName: 'IMG_1.HEIC', type: 'image', fileSize: null }, options)
    await upload({ uri: PHOTO, name: '', mimeType: 'image/png', size: 300_000 }, options)
    expect(backend.receipts.map(({ name, type, size }) => [name, type, size])).toEqual([
      ['IMG_1.HEIC', 'image/heic', 2_000_000],
      ['假日 1.jpg', 'image/png', 300_000],
    ])
    // A reference that is left open keeps the file in memory on Android.
    expect(blobs).toEqual({ opened: 1, open: 0 })
  })

  it('sends a form where the caller asks for it', async () => {
    for (const device of ['ios', 'android-okhttp-5'] as const) {
      const { upload, options, log } = await createApp(device)
      const form = { ...options, method: 'form' as const }
      const result = await upload({ uri: PHOTO, size: 300_000 }, form)
      expect((await backend.read(result.key)).bytes).toEqual(makePattern(300_000))
      expect(log).toEqual(['POST form'])
    }
  })

  it('fails with OSS’s code for a form of OkHttp 4, which is why PUT is the default', async () => {
    const { upload, options, log } = await createApp('android')
    const form = upload({ uri: PHOTO, size: 300_000 }, { ...options, method: 'form' })
    await expect(form).rejects.toMatchObject({ code: 'InvalidArgument', status: 400 })
    expect(log).toHaveLength(1)
  })

  it('repeats what broke, and finds what was stored', async () => {
    const first = await createApp()
    dropOnce('PutObject', 'before-storing')
    await first.upload({ uri: PHOTO, size: 300_000 }, first.options)
    expect(first.log).toHaveLength(2)
    expect(first.retries).toMatchObject([{ code: 'NETWORK', isOffline: false }])

    const second = await createApp('android')
    dropOnce('PutObject', 'after-storing')
    const result = await second.upload({ uri: PHOTO, size: 300_000 }, second.options)
    expect(result.via).toBe('confirm')
    expect(second.log).toHaveLength(1)
    expect(backend.receipts).toHaveLength(2)
  })

  it('asks the service after a 203, and renews a ticket that has expired', async () => {
    const { upload, options } = await createApp()
    backend.callbackFault = () => ({ kind: 'unreachable' })
    const confirmed = await upload({ uri: PHOTO, size: 300_000 }, options)
    expect(confirmed.via).toBe('confirm')
    backend.requestFault = ({ operation }) => {
      if (operation === 'PutObject' && backend.offsetMs === 0) backend.offsetMs = 1_000_000
      return undefined
    }
    await upload({ uri: PHOTO, size: 300_000 }, options)
    expect(backend.calls.filter((path) => path === '/uploads')).toHaveLength(3)
  })

  it('stops in the middle, by abort() and by a signal of the app', async () => {
    for (const how of ['abort', 'signal'] as const) {
      const { upload, options } = await createApp()
      const controller = new AbortController()
      backend.requestFault = ({ operation }) => {
        if (operation !== 'PutObject') return undefined
        if (how === 'abort') running.abort()
        else controller.abort()
        return { kind: 'drop', when: 'before-storing' }
      }
      const file = { uri: CONTENT, name: 'a.jpg', size: 2_000_000 }
      const running = upload(file, { ...options, signal: controller.signal })
      await expect(running).rejects.toMatchObject({ code: 'ABORTED', name: 'AbortError' })
      expect(backend.receipts).toEqual([])
    }
  })

  it('says that a file is gone', async () => {
    const { upload, options, retries } = await createApp()
    const gone = upload({ uri: 'file:///gone.jpg' }, options)
    await expect(gone).rejects.toMatchObject({ code: 'FILE_UNREADABLE', stage: 'sign' })
    expect(retries).toEqual([])
  })

  it('refuses a file that has another size than the picker said', async () => {
    const { upload, options } = await createApp()
    const wrong = upload({ uri: PHOTO, size: 299_999 }, options)
    await expect(wrong).rejects.toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 })
    expect(backend.receipts).toEqual([])
  })
})
