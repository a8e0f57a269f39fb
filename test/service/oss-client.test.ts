import { describe, expect, it } from 'vitest'
import { createOssClient } from '../../src/service/oss-client.ts'
import { createCredentials } from '../../src/signer/credentials.ts'
import { START } from '../support/clock.ts'
import { ACCESS_KEY } from '../support/keys.ts'

function createClient(respond: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = []
  const client = createOssClient({
    bucket: 'examplebucket',
    region: 'cn-hangzhou',
    credentials: createCredentials({ ...ACCESS_KEY, securityToken: 'PLANTED-token' }),
    now: () => START,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      requests.push(request)
      return respond(request)
    },
  })
  return { client, requests }
}

describe('calls to OSS', () => {
  it('are signed in the header, never in the URL', async () => {
    const { client, requests } = createClient(
      () =>
        new Response(
          '<InitiateMultipartUploadResult><UploadId>U1</UploadId></InitiateMultipartUploadResult>',
        ),
    )
    expect(await client.initiate('a b/世.bin', { 'Content-Type': 'video/mp4' })).toBe('U1')
    const [request] = requests
    expect(request?.url).toBe(
      'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a%20b/%E4%B8%96.bin?uploads',
    )
    expect(request?.headers.get('authorization')).toMatch(/^OSS4-HMAC-SHA256 Credential=LTAI/)
    expect(request?.headers.get('x-oss-security-token')).toBe('PLANTED-token')
    expect(request?.redirect).toBe('manual')
  })

  it('read everything that HEAD tells', async () => {
    const { client } = createClient(
      () =>
        new Response(null, {
          headers: {
            'content-length': '7',
            'content-type': 'text/plain',
            etag: '"ABC"',
            'x-oss-hash-crc64ecma': '9',
            'content-md5': 'bWQ1',
            'x-oss-meta-upcall-id': 'id',
            'x-oss-meta-upcall-facts': '1abc',
            'x-oss-version-id': 'V1',
          },
        }),
    )
    expect(await client.head('k')).toEqual({
      size: 7,
      type: 'text/plain',
      etag: 'ABC',
      crc64: '9',
      contentMd5: 'bWQ1',
      uploadedAs: 'id',
      facts: '1abc',
      versionId: 'V1',
    })
  })

  it('take no size for zero when HEAD does not tell it', async () => {
    const { client } = createClient(() => new Response(null))
    expect((await client.head('k')).size).toBeNaN()
  })

  it.each([
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example.com/' } }),
      'OSS_ERROR',
    ],
    [
      'a page that never ends',
      () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }),
        ),
      'OSS_UNREACHABLE',
    ],
    ['an upload without its id', () => new Response('<InitiateMultipartUploadResult/>'), 'XML'],
    [
      'a document with entities',
      () =>
        new Response(
          '<!DOCTYPE a [<!ENTITY b "c">]><InitiateMultipartUploadResult><UploadId>&b;</UploadId></InitiateMultipartUploadResult>',
        ),
      'XML',
    ],
  ])('do not believe %s', async (_, respond, code) => {
    const { client, requests } = createClient(respond)
    await expect(client.initiate('k', {})).rejects.toMatchObject({ code })
    expect(requests).toHaveLength(1)
  })

  it('tell code, EC and request id of an error, and nothing else of it', async () => {
    const { client } = createClient(
      () =>
        new Response(
          '<Error><Code>AccessDenied</Code><Message>PLANTED message</Message><RequestId>5C3D9175B6FC201293AD0001</RequestId><SecurityToken>PLANTED-token</SecurityToken><EC>0003-00000201</EC></Error>',
          { status: 403 },
        ),
    )
    const error = await client.listParts('k', 'u').catch((thrown: Error) => thrown)
    expect(String(error)).toMatch(/AccessDenied.*EC 0003-00000201.*5C3D9175B6FC201293AD0001/)
    expect(String(error)).not.toContain('PLANTED')
  })

  it('take the error of a HEAD, which has no body, from its headers', async () => {
    const { client } = createClient(
      () =>
        new Response(null, {
          status: 403,
          headers: { 'x-oss-ec': '0002-00000201', 'x-oss-request-id': 'R2' },
        }),
    )
    await expect(client.head('k')).rejects.toThrow(/EC 0002-00000201, request R2/)
  })

  it('do not print words that are none', async () => {
    const { client } = createClient(
      () => new Response('<Error><Code>&lt;b&gt;PLANTED</Code></Error>', { status: 400 }),
    )
    const error = await client.listParts('k', 'u').catch((thrown: Error) => thrown)
    expect(String(error)).not.toContain('PLANTED')
  })

  it('give up in time', async () => {
    const { client } = createClient(
      (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason))
        }),
    )
    await expect(client.head('k', 1)).rejects.toMatchObject({ code: 'OSS_UNREACHABLE' })
  })
})
