/** A file from a program through the service: service and local OSS on sockets. */

import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FaultRequest } from '../../src/emulator/behavior/faults.ts'
import { startServer } from '../../src/entry/node-server.ts'
import { type UploadFileOptions, uploadFile } from '../../src/oss/upload-file.ts'
import { crc64 } from '../../src/protocol/crc64.ts'
import { createService } from '../../src/service/create-service.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { createBearer } from '../support/bearer.ts'
import {
  download,
  makeFile,
  makePattern,
  readOssError,
  startLocalOss,
} from '../support/local-oss.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

const oss = startLocalOss()
let server: Server
let endpoint = ''
let receipts: Receipt[] = []
let handle: (receipt: Receipt) => unknown = () => ({})

beforeAll(async () => {
  const { accessKeyId, accessKeySecret, url } = oss.local
  server = startServer(
    { fetch: (request) => service.fetch(request), host: '127.0.0.1', port: 0 },
    () => {},
  )
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { callbackPublicKeyUrl, callbackPublicKey } = oss.local.emulator
  const service = createService({
    ...createSettings(),
    bucket: oss.local.bucket,
    endpoint: url,
    credentials: { accessKeyId, accessKeySecret },
    publicUrl: endpoint,
    callbackKeys: { [callbackPublicKeyUrl]: callbackPublicKey },
    now: () => new Date(),
    fetch,
    writeLog: () => {},
    onReceipt: (receipt) => {
      receipts.push(receipt)
      return handle(receipt)
    },
  })
})
afterAll(() => void server.close())
beforeEach(() => {
  receipts = []
  handle = ({ key }) => ({ key })
})

async function upload(path: string, more: Partial<UploadFileOptions> = {}) {
  const token = await createBearer({ now: new Date() })
  return uploadFile(path, {
    endpoint,
    profile: 'any',
    headers: { authorization: `Bearer ${token}` },
    retryDelays: [1, 1, 1],
    ...more,
  })
}

const once503 = (operation: string) => {
  let left = 1
  return (request: FaultRequest) =>
    request.operation === operation && left-- > 0
      ? ({ kind: 'error', status: 503 } as const)
      : undefined
}

describe('uploadFile', () => {
  it.each([
    ['form', 0],
    ['form', 5],
    ['put', 300_000],
    ['multipart', 450_000],
  ] as const)(
    'by %s stores %d bytes, and gives the application’s response',
    async (method, size) => {
      const bytes = makePattern(size)
      const seen: number[] = []
      const result = await upload(makeFile(oss, bytes), {
        method,
        partSize: 102_400,
        type: 'text/plain',
        name: '夏天.txt',
        onProgress: ({ loaded }) => seen.push(loaded),
      })
      expect(result).toMatchObject({
        response: { key: result.key },
        delivery: 'done',
        via: 'callback',
        crc64: String(crc64(bytes)),
      })
      expect(receipts).toMatchObject([{ size, name: '夏天.txt', subject: 'user-42' }])
      expect(await download(oss, result.key)).toEqual(bytes)
      expect(seen.at(-1)).toBe(size)
    },
  )

  it('asks for more URLs of parts than one ticket has', async () => {
    const bytes = makePattern(102_400 * 103)
    const result = await upload(makeFile(oss, bytes), { method: 'multipart', partSize: 102_400 })
    expect(result.crc64).toBe(String(crc64(bytes)))
  })

  it.each(['PostObject', 'PutObject', 'UploadPart', 'CompleteMultipartUpload'])(
    'repeats %s after a 503',
    async (operation) => {
      oss.faults = once503(operation)
      const method = { PostObject: 'form', PutObject: 'put' } as const
      const chosen = operation in method ? method[operation as keyof typeof method] : 'multipart'
      const path = makeFile(oss, makePattern(250_000))
      expect(await upload(path, { method: chosen, partSize: 102_400 })).toMatchObject({
        delivery: 'done',
      })
      expect(receipts).toHaveLength(1)
    },
  )

  it.each(['PostObject', 'PutObject', 'CompleteMultipartUpload'])(
    'of which the response to %s was lost is confirmed',
    async (operation) => {
      let left = 1
      oss.faults = (request) =>
        request.operation === operation && left-- > 0
          ? { kind: 'drop', when: 'after-storing' }
          : undefined
      const method = { PostObject: 'form', PutObject: 'put' } as const
      const chosen = operation in method ? method[operation as keyof typeof method] : 'multipart'
      const path = makeFile(oss, makePattern(250_000))
      const result = await upload(path, { method: chosen, partSize: 102_400 })
      expect(result).toMatchObject({
        via: 'confirm',
        delivery: 'done',
        response: { key: result.key },
      })
      expect(receipts).toHaveLength(1)
    },
  )

  it('whose callback failed is confirmed', async () => {
    oss.callbackFault = () => ({ kind: 'unreachable' })
    const result = await upload(makeFile(oss, makePattern(1000)))
    expect(result).toMatchObject({ via: 'confirm', delivery: 'done' })
    expect(receipts).toHaveLength(1)
  })

  it('that the application does not take at once is accepted', async () => {
    handle = () => {
      throw new Error('later')
    }
    const result = await upload(makeFile(oss, makePattern(1000)))
    expect(result).toMatchObject({ delivery: 'accepted', response: undefined })
  })

  it('that the service refuses says why, with its code', async () => {
    const refused = await readOssError(upload(makeFile(oss, makePattern(5)), { profile: 'none' }))
    expect(refused).toMatchObject({
      code: 'SERVICE_REFUSED',
      remoteCode: 'PROFILE_UNKNOWN',
      requestId: expect.any(String),
    })
    const headers = { authorization: 'Bearer PLANTED' }
    const nobody = await readOssError(upload(makeFile(oss, makePattern(5)), { headers }))
    expect(nobody).toMatchObject({ status: 401 })
    expect(nobody.message).not.toContain('PLANTED')
  })

  it('of a file that changes meanwhile ends with FILE_CHANGED', async () => {
    const path = makeFile(oss, makePattern(250_000))
    oss.faults = ({ operation }) => {
      if (operation === 'UploadPart') appendFileSync(path, 'more')
      return undefined
    }
    const changed = await readOssError(upload(path, { method: 'multipart', partSize: 102_400 }))
    expect(changed.code).toBe('FILE_CHANGED')
    expect(receipts).toEqual([])
  })

  it('is cancelled by its signal', async () => {
    const signal = AbortSignal.abort()
    const cancelled = await readOssError(upload(makeFile(oss, makePattern(5)), { signal }))
    expect(cancelled.code).toBe('ABORTED')
  })

  it('says so when no service responds', async () => {
    const alone = await readOssError(
      upload(makeFile(oss, makePattern(5)), { endpoint: 'http://127.0.0.1:9', retryDelays: [] }),
    )
    expect(alone).toMatchObject({ code: 'OSS_UNREACHABLE' })
    expect(alone.message).toBe('127.0.0.1:9 did not respond.')
  })
})
