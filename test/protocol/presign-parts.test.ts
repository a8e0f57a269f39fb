import { describe, expect, it } from 'vitest'
import { presign } from '../../src/protocol/presign.ts'
import { presignParts } from '../../src/protocol/presign-parts.ts'

const request = {
  bucket: 'examplebucket',
  key: '目录/big file.bin',
  region: 'cn-hangzhou',
  uploadId: '0004B9895DBBB6EC98E36+/=',
}
const options = {
  credentials: { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'a+b/c=' },
  now: new Date('2026-01-02T03:04:05Z'),
  expiresInSeconds: 900,
}

describe('presignParts', () => {
  it.each([
    ['the default endpoint', {}],
    ['a path-style endpoint', { endpoint: 'http://127.0.0.1:9000' }],
    ['a custom domain', { endpoint: 'https://img.example.com', addressing: 'cname' as const }],
  ])('gives the same URLs as presign of each part: %s', (_, address) => {
    const parts = [1, 2, 9, 10, 10_000].map((partNumber) => ({
      partNumber,
      length: partNumber * 7,
    }))
    const single = parts.map(
      ({ partNumber, length }) =>
        presign(
          {
            ...request,
            ...address,
            method: 'PUT',
            query: { partNumber: String(partNumber), uploadId: request.uploadId },
            headers: { 'content-length': String(length) },
            additionalHeaders: ['content-length'],
          },
          options,
        ).url,
    )
    expect(presignParts({ ...request, ...address, parts }, options)).toEqual(single)
  })

  it.each([
    { partNumber: 0, length: 1 },
    { partNumber: 10_001, length: 1 },
    { partNumber: 1.5, length: 1 },
    { partNumber: 1, length: -1 },
    { partNumber: 1, length: 5 * 1024 ** 3 + 1 },
  ])('refuses the part %j', (part) => {
    expect(() => presignParts({ ...request, parts: [part] }, options)).toThrow(
      expect.objectContaining({ code: 'PART_PLAN' }),
    )
  })
})
