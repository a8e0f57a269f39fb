/** `oss-upcall/node`, and the first example of docs/server-uploads.md, run as it stands. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as entry from '../src/node.ts'
import { startLocalOss } from './support/local-oss.ts'

vi.mock('oss-upcall/node', () => import('../src/node.ts'))

const oss = startLocalOss()

it('names what servers use', () => {
  const names = [
    'OssError',
    'createNodeHandler',
    'createOssClient',
    'readClientFiles',
    'uploadFile',
  ]
  expect(Object.keys(entry).sort()).toEqual(names)
})

it('makes the three calls of the manual, each with its callback', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-example-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'file.bin')
  writeFileSync(path, new Uint8Array(20 * 1024 * 1024).fill(7))
  vi.stubEnv('OSS_ACCESS_KEY_ID', oss.local.accessKeyId)
  vi.stubEnv('OSS_ACCESS_KEY_SECRET', oss.local.accessKeySecret)
  vi.stubEnv('OSS_ENDPOINT', oss.local.url)
  vi.stubEnv('CALLBACK_URL', oss.callbackUrl)
  onTestFinished(() => void vi.unstubAllEnvs())
  const example = await import('../docs/examples/server/uploads.ts')
  const results = [
    await example.putText(),
    await example.putFile(path),
    await example.putLargeFile(path),
  ]
  expect(results).toMatchObject(
    ['exampledir/a.txt', 'exampledir/b.bin', 'exampledir/c.bin'].map((key) => ({
      kind: 'stored',
      key,
      response: { ok: true },
    })),
  )
  expect(oss.callbacks.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual(
    ['exampledir/a.txt', 'exampledir/b.bin', 'exampledir/c.bin'].map((object) => ({
      bucket: 'examplebucket',
      object,
      my_var_1: 'my_val1',
      my_var_2: 'my_val2',
    })),
  )
  expect(oss.operations.filter((name) => name === 'UploadPart')).toHaveLength(3)
})
