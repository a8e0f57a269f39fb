/** What is repeated, refused and cancelled, over sockets. */
import { describe, expect, it } from 'vitest'
import type { RequestFault } from '../../src/emulator/behavior/faults.ts'
import { createClient, readOssError, startLocalOss } from '../support/local-oss.ts'

const oss = startLocalOss()

describe('a call of OSS', () => {
  it('is repeated after a cut connection, a 503, a 500', async () => {
    const bad: RequestFault[] = [
      { kind: 'drop', when: 'before-storing' },
      { kind: 'error', status: 503 },
      { kind: 'error', status: 500 },
    ]
    oss.faults = () => bad.shift()
    expect(await oss.client.putObject('a.txt', 'hello')).toMatchObject({ kind: 'stored' })
    expect(oss.operations).toEqual(['PutObject', 'PutObject', 'PutObject', 'PutObject'])
  })

  it('ends when nothing helps, and when OSS refuses', async () => {
    oss.faults = () => ({ kind: 'drop', when: 'before-storing' })
    expect(await readOssError(oss.client.putObject('a.txt', 'x'))).toMatchObject({
      code: 'OSS_UNREACHABLE',
    })
    expect(oss.operations).toHaveLength(4)
    oss.operations = []
    oss.faults = () => undefined
    const stranger = createClient(oss, {
      credentials: { accessKeyId: oss.local.accessKeyId, accessKeySecret: 'PLANTED-wrong' },
    })
    const refused = await readOssError(stranger.putObject('a.txt', 'x'))
    expect(refused).toMatchObject({
      code: 'OSS_REFUSED',
      status: 403,
      remoteCode: 'SignatureDoesNotMatch',
      requestId: expect.any(String),
    })
    expect(JSON.stringify(refused) + refused.message).not.toMatch(/PLANTED|Signature=|x-oss-cred/)
  })

  it('is cancelled by its signal, also while it waits', async () => {
    const slow = createClient(oss, { retryDelays: [60_000] })
    oss.faults = () => ({ kind: 'error', status: 503 })
    const signal = AbortSignal.timeout(50)
    expect(await readOssError(slow.putObject('a.txt', 'x', { signal }))).toMatchObject({
      code: 'ABORTED',
    })
    const early = oss.client.putObject('a.txt', 'x', { signal: AbortSignal.abort() })
    expect(await readOssError(early)).toMatchObject({ code: 'ABORTED' })
  })
})
