import { describe, expect, it } from 'vitest'
import { toOssError } from '../../src/service/oss-error.ts'
import { createServiceWithEmulator } from '../support/service-with-emulator.ts'

function buildXml(code: string): string {
  return `<Error><Code>${code}</Code><Message>m</Message><RequestId>R1</RequestId><EC>0003-00000001</EC><StringToSign>PLANTED</StringToSign></Error>`
}

function head(status: number, headers: Record<string, string>): string {
  const error = toOssError('HeadObject', new Response(null, { status, headers }), '')
  return `${error.code}: ${error.message}`
}

describe('errors of OSS', () => {
  it('to a HEAD are read from the header x-oss-err', () => {
    const text = head(403, { 'x-oss-err': btoa(buildXml('AccessDenied')) })
    expect(text).toContain('(status 403, AccessDenied, EC 0003-00000001, request R1)')
    expect(text).not.toContain('PLANTED')
  })

  it('to a HEAD tell a missing object from a missing bucket', () => {
    expect(head(404, { 'x-oss-err': btoa(buildXml('NoSuchKey')) })).toMatch(/^OBJECT_MISSING/)
    expect(head(404, {})).toMatch(/^OBJECT_MISSING/)
    expect(head(404, { 'x-oss-err': btoa(buildXml('NoSuchBucket')) })).toMatch(
      /^OSS_ERROR.*NoSuchBucket/,
    )
  })

  it.each(['???', btoa('no XML'), btoa('\xff\xfe'), ''])(
    'to a HEAD cope with the header %j',
    (value) => {
      expect(head(403, { 'x-oss-err': value, 'x-oss-ec': '0003-1' })).toContain(
        '(status 403, EC 0003-1)',
      )
    },
  )

  it('of the local OSS to the HEAD of a confirmation name its code', async () => {
    const setup = createServiceWithEmulator({
      credentials: { accessKeyId: 'LTAIunknown000000000', accessKeySecret: 'PLANTED-unknown' },
    })
    const { session } = await setup.order({
      profile: 'any',
      name: 'a.txt',
      type: 'text/plain',
      size: 5,
    })
    const response = await setup.ask('/uploads/confirm', { session })
    expect(response.status).toBe(502)
    expect(setup.lines.join()).toMatch(/OSS refused HeadObject .*InvalidAccessKeyId/)
  })
})
