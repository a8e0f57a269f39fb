/** The client on Alipay's `my`, with a real service and a local OSS over sockets. */
import { describe, expect, it } from 'vitest'
import { type AlipayApi, fromAlipay } from '../../../client/mini/alipay.ts'
import type * as MiniModule from '../../../client/mini/index.ts'
import type { MiniOptions } from '../../../client/mini/upload.ts'
import { makePattern } from '../../support/local-oss.ts'
import { type AlipayOptions, createAlipay } from '../../support/mini-programs/alipay.ts'
import { startBackend } from '../../support/mini-programs/backend.ts'
import { loadMini } from '../../support/mini-programs/sandbox.ts'

const backend = startBackend()
const PHOTO = 'https://resource/6841假日.image'

async function createProgram(more: Partial<AlipayOptions> = {}) {
  const files = new Map([[PHOTO, makePattern(200_000)]])
  const domains = [backend.endpoint, backend.ossOrigin]
  const alipay = createAlipay({ files, domains, ...more })
  const { createMiniClient, fromAlipay: adapt } = await loadMini<typeof MiniModule>('mini.js', {})
  const { upload } = createMiniClient(adapt(alipay.my as AlipayApi))
  const options: MiniOptions = {
    endpoint: backend.endpoint,
    profile: 'photos',
    headers: { Authorization: `Bearer ${await backend.token()}` },
    retryDelays: [5, 10],
  }
  return { ...alipay, upload, options, files }
}

describe('an Alipay mini program', () => {
  it('stores a photo, with progress and OSS’s checksum', async () => {
    const { upload, options, uploads, requests } = await createProgram()
    const heard: number[] = []
    const onProgress: MiniOptions['onProgress'] = ({ percentage }) => heard.push(percentage)
    const result = await upload({ path: PHOTO }, { ...options, onProgress })
    expect(result).toMatchObject({ via: 'callback', response: { bytes: 200_000 } })
    // The path says only `.image`: the platform knows more.
    expect(backend.receipts[0]?.type).toBe('image/jpeg')
    expect(result.crc64).toBe(backend.receipts[0]?.crc64)
    expect((await backend.read(result.key)).bytes).toEqual(makePattern(200_000))
    expect(heard.at(-1)).toBe(100)
    expect(uploads[0]).toMatchObject({
      name: 'file',
      fileName: 'file',
      fileType: 'image',
      hideLoading: true,
    })
    expect(requests[0]).toMatchObject({ dataType: 'text', method: 'POST' })
  })

  it('reads HTTP errors, which come as faults', async () => {
    const { upload, options, files } = await createProgram()
    files.set('https://resource/1.zip', new Uint8Array(3))
    const zip = upload({ path: 'https://resource/1.zip' }, { ...options, type: 'application/zip' })
    await expect(zip).rejects.toMatchObject({ code: 'TYPE_REFUSED', status: 415 })
  })

  it('asks again while the service restarts, and after a 203', async () => {
    let calls = 0
    backend.isDown = (path) => path === '/uploads' && ++calls < 2
    backend.callbackFault = () => ({ kind: 'unreachable' })
    const { upload, options } = await createProgram()
    expect(await upload({ path: PHOTO, size: 200_000 }, options)).toMatchObject({ via: 'confirm' })
    expect(backend.receipts).toHaveLength(1)
  })

  it('repeats what broke, and does not repeat what is forbidden', async () => {
    let drops = 1
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject' || drops === 0) return undefined
      drops -= 1
      return { kind: 'drop', when: 'before-storing' }
    }
    const good = await createProgram()
    await good.upload({ path: PHOTO, size: 200_000 }, good.options)
    expect(good.uploads).toHaveLength(2)
    for (const domains of [[], [backend.endpoint]]) {
      const { upload, options, uploads } = await createProgram({ domains })
      const refused = upload({ path: PHOTO, size: 200_000 }, options)
      await expect(refused).rejects.toMatchObject({ code: 'DOMAIN_NOT_ALLOWED' })
      expect(uploads.length).toBeLessThan(2)
    }
  })

  it('says that a file is gone', async () => {
    const { upload, options } = await createProgram()
    for (const size of [undefined, 5]) {
      const gone = upload({ path: 'https://resource/no.image', ...(size && { size }) }, options)
      await expect(gone).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    }
  })

  it('stops in the middle', async () => {
    const { upload, options } = await createProgram()
    backend.requestFault = ({ operation }) => {
      if (operation !== 'PostObject') return undefined
      running.abort()
      return { kind: 'drop', when: 'before-storing' }
    }
    const running = upload({ path: PHOTO }, options)
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
    expect(backend.receipts).toEqual([])
  })
})

describe('fromAlipay', () => {
  it('takes a `my` that has only the two calls', () => {
    const { request, uploadFile } = createAlipay({ domains: [], files: new Map() }).my as AlipayApi
    const api = fromAlipay({ request, uploadFile })
    api.onAppShow?.(() => {})
    expect(api.getFileInfo).toBeUndefined()
  })
})
