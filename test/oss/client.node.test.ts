/** The last call of an upload that a page sent. */
import { describe, expect, it } from 'vitest'
import { createOssClient } from '../../src/oss/client.ts'
import { buildCallback, readOssError, signUrl, startLocalOss } from '../support/local-oss.ts'

const oss = startLocalOss()

describe('completeMultipartUpload', () => {
  it('ends an upload whose parts came in another way, with a callback', async () => {
    const sign = (method: string, query: Record<string, string>) =>
      signUrl(oss, method, 'page.bin', query)
    const opened = await (await fetch(sign('POST', { uploads: '' }), { method: 'POST' })).text()
    const [, uploadId = ''] = /<UploadId>(.+?)</.exec(opened) ?? []
    const sent = await fetch(sign('PUT', { uploadId, partNumber: '1' }), {
      method: 'PUT',
      body: new Uint8Array(4),
    })
    const parts = [{ partNumber: 1, etag: sent.headers.get('etag')?.replaceAll('"', '') ?? '' }]
    const result = await oss.client.completeMultipartUpload(
      'page.bin',
      uploadId,
      parts,
      buildCallback(oss),
    )
    expect(result).toMatchObject({ kind: 'stored', response: { ok: true } })
    const again = oss.client.completeMultipartUpload('page.bin', uploadId, parts)
    expect(await readOssError(again)).toMatchObject({ remoteCode: 'NoSuchUpload' })
  })
})

describe('from JavaScript, without types', () => {
  const NO_TEXTS: readonly unknown[] = [undefined, null, 7, { key: 'a.txt' }]
  /** With a wrong value as the text that each call begins with. */
  const CALLS: Readonly<Record<string, (client: typeof oss.client, wrong: never) => unknown>> = {
    putObject: (client, wrong) => client.putObject(wrong, 'a'),
    putObjectFromFile: (client, wrong) => client.putObjectFromFile(wrong, import.meta.filename),
    multipartUpload: (client, wrong) => client.multipartUpload(wrong, 'a'),
    'multipartUpload of a file': (client, wrong) =>
      client.multipartUpload(wrong, { path: import.meta.filename }),
    completeMultipartUpload: (client, wrong) => client.completeMultipartUpload(wrong, 'id', []),
    'completeMultipartUpload, its uploadId': (client, wrong) =>
      client.completeMultipartUpload('a.txt', wrong, []),
    signedUrl: (client, wrong) => client.signedUrl(wrong),
    headObject: (client, wrong) => client.headObject(wrong),
    deleteObject: (client, wrong) => client.deleteObject(wrong),
    listObjects: (client, wrong) => client.listObjects(wrong),
  }

  it.each(Object.entries(CALLS))('%s asks for a text, and sends nothing', async (_, call) => {
    let requests = 0
    const client = createOssClient({
      ...{
        bucket: 'bucket',
        region: 'cn-hangzhou',
        endpoint: 'http://127.0.0.1:1',
        retryDelays: [],
      },
      credentials: { accessKeyId: 'ak', accessKeySecret: 'sk' },
      fetch: async () => {
        requests += 1
        return new Response(null, { status: 204 })
      },
    })
    for (const wrong of NO_TEXTS) {
      const error = await readOssError(call(client, wrong as never) as Promise<unknown>)
      expect(error).toMatchObject({ code: 'OPTION_INVALID' })
      expect(error.message).toMatch(/must be a text, not (undefined|null|number|object)\.$/)
    }
    expect(requests).toBe(0)
  })

  it.each([undefined, null, 7, {}])('%s is no data', async (wrong) => {
    for (const name of ['putObject', 'multipartUpload'] as const) {
      const error = await readOssError(oss.client[name]('a.txt', wrong as never))
      expect(error).toMatchObject({ code: 'OPTION_INVALID' })
      expect(error.message).toContain('text, a Uint8Array or a Blob')
    }
  })
})
