/** The client on DingTalk's `dd`, with a real service and a local OSS over sockets. */
import { describe, expect, it } from 'vitest'
import { type DingtalkApi, fromDingtalk } from '../../../client/mini/dingtalk.ts'
import type * as MiniModule from '../../../client/mini/index.ts'
import { makePattern } from '../../support/local-oss.ts'
import { createAlipay } from '../../support/mini-programs/alipay.ts'
import { startBackend } from '../../support/mini-programs/backend.ts'
import { loadMini } from '../../support/mini-programs/sandbox.ts'

const backend = startBackend()
const VIDEO = 'https://resource/合同.mp4'

async function createProgram() {
  const files = new Map([[VIDEO, makePattern(100_000)]])
  const { dd, uploads } = createAlipay({ files, domains: [backend.endpoint, backend.ossOrigin] })
  const { createMiniClient, fromDingtalk: adapt } = await loadMini<typeof MiniModule>('mini.js', {})
  const { upload } = createMiniClient(adapt(dd as DingtalkApi))
  const headers = { Authorization: `Bearer ${await backend.token()}` }
  const options = { endpoint: backend.endpoint, profile: 'photos', headers, retryDelays: [5] }
  return { upload, uploads, options }
}

describe('a DingTalk mini program', () => {
  it('stores a video by `httpRequest` and `uploadFile`, without a task', async () => {
    const { upload, uploads, options } = await createProgram()
    const heard: number[] = []
    const result = await upload(
      { path: VIDEO, size: 100_000 },
      { ...options, onProgress: ({ percentage }) => heard.push(percentage) },
    )
    expect(result).toMatchObject({ via: 'callback', response: { 名称: '合同.mp4' } })
    expect(backend.receipts[0]?.type).toBe('video/mp4')
    expect(uploads[0]).toMatchObject({ fileName: 'file', fileType: 'video' })
    expect([...new Set(heard)]).toEqual([0, 100])
  })

  it('needs the size, because `dd` does not tell it', async () => {
    const { upload, options } = await createProgram()
    await expect(upload({ path: VIDEO }, options)).rejects.toMatchObject({
      code: 'UNEXPECTED',
      cause: { message: 'This platform does not tell sizes: give `size`.' },
    })
  })

  it('ends at once when it is aborted, though the request cannot be cancelled', async () => {
    const { upload, options } = await createProgram()
    backend.requestFault = ({ operation }) => {
      if (operation === 'PostObject') running.abort()
      return undefined
    }
    const running = upload({ path: VIDEO, size: 100_000 }, options)
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('fromDingtalk', () => {
  it('asks `dd` for sizes where it can', () => {
    const { dd } = createAlipay({ domains: [], files: new Map() })
    expect(fromDingtalk(dd as DingtalkApi).getFileInfo).toBeUndefined()
    const getFileInfo: DingtalkApi['getFileInfo'] = ({ success }) => success({ size: 3 })
    const sizes: number[] = []
    const settings = {
      filePath: 'a',
      success: (info: { size: number }) => void sizes.push(info.size),
      fail() {},
    }
    fromDingtalk({ ...(dd as DingtalkApi), getFileInfo }).getFileInfo?.(settings)
    expect(sizes).toEqual([3])
  })
})
