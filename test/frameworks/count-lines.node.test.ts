/** docs/comparison.md: Upcall's program does what it says, in no more lines than the others. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { startEmulator } from '../../src/emulator/start.ts'
import { uploadFile } from '../../src/oss/upload-file.ts'
import { closeServers, listen } from '../support/embedded-service.ts'
import { changeEnvironment } from '../support/environment.ts'
import { ACCESS_KEY, CALLBACK_KEY } from '../support/keys.ts'
import { countLines, PRODUCTS } from './count-lines.ts'

const saved: [userId: string, url: string][] = []

vi.mock('oss-upcall', () => import('../../src/index.ts'))
vi.mock('../../docs/examples/comparison/application.ts', () => ({
  findUser: async ({ headers }: Request) =>
    headers.get('cookie') === 'session=a' ? { id: 'alice' } : undefined,
  savePhoto: async (userId: string, url: string) => {
    saved.push([userId, url])
    return { url }
  },
}))

afterEach(closeServers)

it('the program of Upcall saves the URL of a photo, and refuses strangers and other files', async () => {
  const oss = await startEmulator({
    accessKeys: [ACCESS_KEY],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
  })
  const folder = mkdtempSync(join(tmpdir(), 'upcall-lines-'))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
    await oss.close()
  })
  let handle: (request: Request) => Promise<Response> = async () => new Response(null)
  const endpoint = await listen(getRequestListener((request) => handle(request)))
  const env = changeEnvironment({ OSS_ENDPOINT: oss.url, UPCALL_PUBLIC_URL: endpoint })
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const program = await import('../../docs/examples/comparison/upcall/server.ts')
  handle = program.POST

  const photo = join(folder, '夏天.png')
  writeFileSync(photo, 'photo')
  const options = { endpoint, profile: 'photo', headers: { cookie: 'session=a' } }
  const { key, response } = await uploadFile(photo, options)
  expect(saved).toEqual([['alice', `https://img.example.com/${key}`]])
  expect(response).toEqual({ url: `https://img.example.com/${key}` })

  const stranger = uploadFile(photo, { ...options, headers: {} })
  await expect(stranger).rejects.toMatchObject({ remoteCode: 'UNAUTHENTICATED' })
  const text = join(folder, 'a.txt')
  writeFileSync(text, 'text')
  await expect(uploadFile(text, options)).rejects.toMatchObject({ remoteCode: 'TYPE_REFUSED' })
  writeFileSync(photo, new Uint8Array(4_000_001))
  await expect(uploadFile(photo, options)).rejects.toMatchObject({ remoteCode: 'FILE_TOO_LARGE' })
  expect(saved).toHaveLength(1)
})

it('the same task takes no more lines than by any other product', () => {
  const [own, ...others] = PRODUCTS.map((product) => countLines(product).all)
  expect(others).toHaveLength(4)
  expect(own).toBeLessThanOrEqual(Math.min(...others))
})
