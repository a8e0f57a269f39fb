import { describe, expect, it } from 'vitest'
import { parseErrorXml, parseInitiateResult, parseListPartsResult } from '../../src/protocol/xml.ts'

const head = '<?xml version="1.0" encoding="UTF-8"?>\n'

describe('InitiateMultipartUploadResult', () => {
  it('gives the upload id, with or without a namespace', () => {
    const body =
      '<Bucket>b</Bucket><Key>目/a&amp;b</Key><UploadId>0004B999EF518A1FE585B0C9360DC4C8</UploadId>'
    for (const space of ['', ' xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com"']) {
      const xml = `${head}<InitiateMultipartUploadResult${space}>${body}</InitiateMultipartUploadResult>`
      expect(parseInitiateResult(xml).uploadId).toBe('0004B999EF518A1FE585B0C9360DC4C8')
    }
  })
})

describe('ListPartsResult', () => {
  const part =
    '<Part><PartNumber>2</PartNumber><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>"AB"</ETag><HashCrc64ecma>18446744073709551615</HashCrc64ecma><Size>5368709120</Size></Part>'

  it('reads a page that is not the last', () => {
    const xml = `${head}<ListPartsResult><NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated>${part}</ListPartsResult>`
    expect(parseListPartsResult(xml)).toEqual({
      parts: [{ partNumber: 2, size: 5_368_709_120, crc64: '18446744073709551615', etag: 'AB' }],
      isTruncated: true,
      nextPartNumberMarker: 2,
    })
  })

  it('reads an upload without parts', () => {
    const xml =
      '<ListPartsResult><NextPartNumberMarker></NextPartNumberMarker><IsTruncated>false</IsTruncated></ListPartsResult>'
    expect(parseListPartsResult(xml)).toEqual({
      parts: [],
      isTruncated: false,
      nextPartNumberMarker: 0,
    })
  })

  it.each([
    ['', 'nothing'],
    ['<ListPartsResult>', 'an open element'],
    ['<Other></Other>', 'another document'],
    ['<ListPartsResult></ListPartsResult>', 'no IsTruncated'],
    [
      `<ListPartsResult><IsTruncated>false</IsTruncated>${part.replace('>2<', '>two<')}</ListPartsResult>`,
      'a part number that is none',
    ],
    [
      `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ListPartsResult><IsTruncated>&a;</IsTruncated></ListPartsResult>`,
      'an external entity',
    ],
    [`<ListPartsResult>${' '.repeat(1024 * 1024)}</ListPartsResult>`, 'more than 1 MiB'],
  ])('refuses %.40j: %s', (xml) => {
    expect(() => parseListPartsResult(xml)).toThrow(expect.objectContaining({ code: 'XML' }))
  })
})

describe('Error', () => {
  it('gives code, message, EC and request id, but no text of the request', () => {
    const xml = `${head}<Error><Code>SignatureDoesNotMatch</Code><Message>no match</Message><RequestId>5C3D</RequestId><HostId>h</HostId><StringToSign>secret-token</StringToSign><EC>0002-00000201</EC></Error>`
    expect(parseErrorXml(xml)).toEqual({
      code: 'SignatureDoesNotMatch',
      message: 'no match',
      ec: '0002-00000201',
      requestId: '5C3D',
    })
  })

  it.each(['', '<html></html>', '<Error></Error>', 'plain text'])('finds no error in %j', (xml) => {
    expect(parseErrorXml(xml)).toBeUndefined()
  })

  it('does not pass the document on when it cannot be parsed', () => {
    expect(() => parseInitiateResult('<a>secret-token')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret-token') }),
    )
  })
})
