/** The last call of an upload that a page sent. */
import { describe, expect, it } from 'vitest'
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
