/** What a stream of unknown length costs in memory: parts on their way, not the stream. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createDiskStorage } from '../../src/emulator/storage/disk-store.ts'
import { startLocalOss } from '../support/local-oss.ts'

// Of the local OSS on disk: what it holds is no memory of this test.
const oss = startLocalOss({ storage: createDiskStorage() })

async function measure(megabytes: number): Promise<{ kind: string; peakMib: number }> {
  const { url, accessKeyId, accessKeySecret } = oss.local
  const args = ['test/oss/stream-process.ts', url, accessKeyId, accessKeySecret, String(megabytes)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

it('does not grow with the stream: 512 MiB take no more than 96 MiB do, but for the garbage collector', async () => {
  const [small, large] = [await measure(96), await measure(512)]
  expect([small.kind, large.kind]).toEqual(['stored', 'stored'])
  // Five parts of 8 MiB, and what undici and the collector hold beside them.
  expect(large.peakMib - small.peakMib).toBeLessThan(96)
  expect(large.peakMib).toBeLessThan(350)
}, 60_000)
