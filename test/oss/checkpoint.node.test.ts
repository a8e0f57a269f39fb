/** Uploads that are continued, over sockets. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FaultRequest } from '../../src/emulator/behavior/faults.ts'
import { crc64 } from '../../src/protocol/crc64.ts'
import { makeFile, makePattern, PART, readOssError, startLocalOss } from '../support/local-oss.ts'

const oss = startLocalOss()

describe('a checkpoint', () => {
  const bytes = makePattern(450_000)
  const failAt = (number: number) => (request: FaultRequest) =>
    request.operation === 'UploadPart' && request.partNumber === number
      ? ({ kind: 'error', status: 503 } as const)
      : undefined

  it('lets the same call continue, and goes at the end', async () => {
    const path = makeFile(oss, bytes)
    const checkpoint = `${path}.upload`
    const options = { checkpoint, partSize: PART, concurrency: 1 }
    oss.faults = failAt(3)
    expect(
      (await readOssError(oss.client.multipartUpload('r.bin', { path }, options))).status,
    ).toBe(503)
    expect(oss.operations).not.toContain('AbortMultipartUpload')
    expect(readFileSync(checkpoint, 'utf8')).not.toMatch(/secret|Signature/i)
    oss.faults = () => undefined
    oss.operations = []
    const result = await oss.client.multipartUpload(
      'r.bin',
      { path },
      { ...options, partSize: 200_000 },
    )
    expect(result.crc64).toBe(String(crc64(bytes)))
    expect(oss.operations.filter((name) => name === 'UploadPart')).toHaveLength(3)
    expect(oss.operations).not.toContain('InitiateMultipartUpload')
    expect(existsSync(checkpoint)).toBe(false)
  })

  it('of a file that was changed since is refused', async () => {
    const path = makeFile(oss, bytes)
    const options = { checkpoint: `${path}.upload`, partSize: PART, concurrency: 1 }
    oss.faults = failAt(2)
    await readOssError(oss.client.multipartUpload('r.bin', { path }, options))
    oss.faults = () => undefined
    appendFileSync(path, 'more')
    expect(
      await readOssError(oss.client.multipartUpload('r.bin', { path }, options)),
    ).toMatchObject({
      code: 'FILE_CHANGED',
    })
  })

  it('of an upload that OSS has forgotten begins anew', async () => {
    const path = makeFile(oss, bytes)
    const options = { checkpoint: `${path}.upload`, partSize: PART, concurrency: 1 }
    oss.faults = failAt(2)
    await readOssError(oss.client.multipartUpload('r.bin', { path }, options))
    oss.faults = () => undefined
    const record = JSON.parse(readFileSync(options.checkpoint, 'utf8'))
    writeFileSync(options.checkpoint, JSON.stringify({ ...record, uploadId: '0'.repeat(32) }))
    expect((await oss.client.multipartUpload('r.bin', { path }, options)).kind).toBe('stored')
  })

  it.each([
    ['no JSON', 'hello'],
    ['another version', '{"version":99}'],
    ['too long', ' '.repeat(20_000)],
  ])('with %s is refused', async (_, words) => {
    const path = makeFile(oss, bytes)
    const checkpoint = `${path}.upload`
    writeFileSync(checkpoint, words)
    const refused = oss.client.multipartUpload('r.bin', { path }, { checkpoint })
    expect(await readOssError(refused)).toMatchObject({ code: 'CHECKPOINT' })
  })

  it('of another key is refused', async () => {
    const path = makeFile(oss, bytes)
    const options = { checkpoint: `${path}.upload`, partSize: PART, concurrency: 1 }
    oss.faults = failAt(2)
    await readOssError(oss.client.multipartUpload('r.bin', { path }, options))
    expect(
      await readOssError(oss.client.multipartUpload('s.bin', { path }, options)),
    ).toMatchObject({
      code: 'CHECKPOINT',
    })
  })
})
