import { describe, expect, it } from 'vitest'
import { UploadError } from '../../../client/http/errors.ts'
import { upload } from '../../../client/index.ts'
import { createFile } from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeBackend,
  createOssError,
  NETWORK,
} from '../../support/fake-transport.ts'

const count = (log: string[], line: string | RegExp) =>
  log.filter((one) => (typeof line === 'string' ? one === line : line.test(one))).length

describe('the parts of a file', () => {
  it('are repeated one by one: only what broke', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    let breaks = 2
    setup.onRequest = (line) => (line === 'PUT 3' && breaks-- > 0 ? NETWORK() : undefined)
    await upload(createFile(95), buildFakeOptions(setup))
    expect(count(setup.log, 'PUT 3')).toBe(3)
    expect(count(setup.log, /^PUT/)).toBe(12)
  })

  it('all stop when one is refused, and nothing is completed', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    setup.onRequest = (line) => (line === 'PUT 2' ? createOssError(403, 'AccessDenied') : undefined)
    await expect(upload(createFile(995), buildFakeOptions(setup))).rejects.toMatchObject({
      ...{ code: 'AccessDenied', stage: 'send' },
    })
    expect(count(setup.log, 'complete')).toBe(0)
    expect(count(setup.log, /^PUT/)).toBeLessThan(12)
    expect(count(setup.log, /abort/)).toBe(0)
  })

  it('are copied into memory once when one stalls before its first byte', async () => {
    const setup = createFakeBackend({ kind: 'multipart' })
    const bodies: unknown[] = []
    setup.onRequest = (line, { body }) => {
      if (line !== 'PUT 1') return undefined
      bodies.push(body)
      return bodies.length === 1 ? new UploadError('STALLED', 'send') : undefined
    }
    await upload(createFile(15), buildFakeOptions(setup))
    expect(bodies.map((body) => body instanceof ArrayBuffer)).toEqual([false, true])
  })
})
