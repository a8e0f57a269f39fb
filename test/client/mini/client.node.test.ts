/** The file for other platforms, with API objects of other shapes than WeChat's; and the types that their vendors publish. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type * as MiniModule from '../../../client/mini/index.ts'
import type { MiniApi } from '../../../client/mini/index.ts'
import { bundleMini } from '../../../src/dev/build-client.ts'
import { makePattern } from '../../support/local-oss.ts'
import { startBackend } from '../../support/mini-programs/backend.ts'
import { loadMini } from '../../support/mini-programs/sandbox.ts'
import { createWechat } from '../../support/mini-programs/wechat.ts'

const backend = startBackend()
const FILE = 'wxfile://a.png'

function createApi() {
  return createWechat({
    files: new Map([[FILE, makePattern(200_000)]]),
    requestDomains: [backend.endpoint],
    uploadDomains: [backend.ossOrigin],
  })
}

const buildOptions = async () => ({
  endpoint: backend.endpoint,
  profile: 'photos',
  headers: { Authorization: `Bearer ${await backend.token()}` },
  retryDelays: [5],
})

describe('createMiniClient', () => {
  it('takes Taro, which returns promises with the methods of a task', async () => {
    const { wx } = createApi()
    const { request, uploadFile, ...rest } = wx as Required<MiniApi>
    const promise =
      (call: (settings: never) => unknown) =>
      (settings: { success: (r: object) => void; fail: (f: object) => void }) => {
        let task: object = {}
        const settled = new Promise((resolve, reject) => {
          const success = (response: object) => {
            settings.success(response)
            resolve(response)
          }
          const fail = (fault: object) => {
            settings.fail(fault)
            reject(fault)
          }
          task = Object(call({ ...settings, success, fail } as never))
        })
        return Object.assign(settled, task)
      }
    const taro = { ...rest, request: promise(request), uploadFile: promise(uploadFile) } as MiniApi
    const { createMiniClient } = await loadMini<typeof MiniModule>('mini.js', {})
    const percentages: number[] = []
    const client = createMiniClient(taro)
    const options = await buildOptions()
    const result = await client.upload(
      { path: FILE, size: 200_000 },
      { ...options, onProgress: ({ percentage }) => percentages.push(percentage) },
    )
    expect(result.response).toMatchObject({ bytes: 200_000 })
    expect(percentages.at(-1)).toBe(100)
    // A fault is reported once, and not as an unhandled rejection.
    const gone = client.upload({ path: 'wxfile://gone.png', size: 1 }, options)
    await expect(gone).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('takes a platform that has nothing but the two calls', async () => {
    const { request, uploadFile } = createApi().wx as MiniApi
    const bare: MiniApi = {
      request: (settings) => void request(settings),
      uploadFile: (settings) => void uploadFile(settings),
    }
    const { createMiniClient } = await loadMini<typeof MiniModule>('mini.js', {})
    const result = await createMiniClient(bare).upload(
      { path: FILE, size: 200_000 },
      await buildOptions(),
    )
    expect(result).toMatchObject({ via: 'callback' })
  })

  it('sends as many files at a time as the caller says', async () => {
    const wechat = createApi()
    const { createMiniClient } = await loadMini<typeof MiniModule>('mini.js', {})
    const client = createMiniClient(wechat.wx as MiniApi, { concurrency: 2 })
    const options = await buildOptions()
    await Promise.all([1, 2, 3, 4, 5].map(() => client.upload({ path: FILE }, options)))
    expect(wechat.mostUploadsAtOnce).toBe(2)
    expect(backend.receipts).toHaveLength(5)
  })
})

describe('the files to copy', () => {
  it('are small, and written for the oldest runtime', async () => {
    for (const { name, code, gzipBytes } of await bundleMini()) {
      expect(gzipBytes, name).toBeLessThanOrEqual(6700)
      expect(code, name).not.toMatch(/\?\.|\?\?|\bimport\b|XMLHttpRequest|\bfetch\(|FormData/)
    }
  })
})

describe('the types that vendors publish', () => {
  const uploadEach =
    'for (const file of tempFiles) void client.upload(file, { endpoint: "", profile: "" })'
  it.each([
    [
      'miniprogram-api-typings',
      `const client = createMiniClient(wx)
      wx.chooseMedia({ success({ tempFiles }) { ${uploadEach} } })
      wx.chooseMessageFile({ count: 1, success({ tempFiles }) { ${uploadEach} } })`,
    ],
    [
      '@mini-types/alipay',
      `const client = createMiniClient(fromAlipay(my))
      my.chooseImage({ success({ apFilePaths: [path] }) { void client.upload({ path }, { endpoint: '', profile: '' }) } })`,
    ],
    [
      '@dcloudio/types',
      `const client = createMiniClient(uni)
      uni.chooseMedia({ success({ tempFiles }) { ${uploadEach} } })`,
    ],
  ])('of %s fit', (types, code) => {
    const folder = 'dist/mini-types'
    mkdirSync(folder, { recursive: true })
    try {
      const file = `${folder}/${types.replaceAll(/\W/g, '-')}.ts`
      writeFileSync(
        file,
        `import { createMiniClient, fromAlipay } from '../../client/mini/index.ts'\n${code}\n`,
      )
      const flags = [
        '--noEmit',
        '--ignoreConfig',
        '--strict',
        '--skipLibCheck',
        '--exactOptionalPropertyTypes',
      ]
      const target = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom']
      const args = [...flags, ...target, '--allowImportingTsExtensions', '--types', types, file]
      execFileSync('node_modules/.bin/tsc', args, { encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      throw new Error((error as { stdout: string }).stdout)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
