import { describe, expect, it } from 'vitest'
import {
  buildUploadHeaders,
  checkOverwrite,
  readForbidOverwrite,
  readObjectSettings,
} from '../../../src/emulator/operations/object-settings.ts'
import { catchOss } from '../emulator-with-client.ts'

const BUCKET = { storageClass: 'Standard' }

describe('the settings of an object', () => {
  it('have defaults', () => {
    expect(readObjectSettings({}, BUCKET)).toEqual({
      contentType: 'application/octet-stream',
      headers: {},
      acl: 'default',
      storageClass: 'Standard',
      tags: [],
    })
    expect(readObjectSettings({}, { storageClass: 'IA' }).storageClass).toBe('IA')
  })

  it('keep what Get gives back, and nothing else', () => {
    const settings = readObjectSettings(
      {
        'cache-control': 'no-cache',
        expires: 'x',
        'x-oss-meta-a-1': '中',
        'x-oss-storage-class': 'IA',
        'x-oss-other': '1',
        authorization: 'secret',
      },
      BUCKET,
    )
    expect(settings.headers).toEqual({
      'cache-control': 'no-cache',
      expires: 'x',
      'x-oss-meta-a-1': '中',
    })
    expect(settings.storageClass).toBe('IA')
  })

  it.each([
    { 'x-oss-object-acl': 'public' },
    { 'x-oss-storage-class': 'standard' },
    { 'x-oss-meta-a_b': '1' },
    { 'x-oss-meta-': '1' },
    { 'x-oss-meta-a': 'x'.repeat(8192) },
    { 'x-oss-traffic-limit': '245759' },
    { 'x-oss-traffic-limit': '838860801' },
    { 'x-oss-traffic-limit': 'fast' },
  ])('refuse %o', (fields) => {
    const run = () => readObjectSettings(fields as Record<string, string>, BUCKET)
    expect(catchOss(run)).toMatchObject({ code: 'InvalidArgument', status: 400 })
  })

  it('give encryption headers back, of known algorithms only', () => {
    const name = 'x-oss-server-side-encryption'
    const read = (fields: Record<string, string>) => readObjectSettings(fields, BUCKET)
    for (const algorithm of ['AES256', 'SM4', 'KMS']) {
      const settings = read({ [name]: algorithm, [`${name}-key-id`]: 'k' })
      const keyId = algorithm === 'KMS' ? { [`${name}-key-id`]: 'k' } : {}
      expect(settings.headers).toEqual({ [name]: algorithm, ...keyId })
      expect(
        buildUploadHeaders({ etag: 'A', crc64: '1', headers: settings.headers }),
      ).toMatchObject({
        [name]: algorithm,
      })
    }
    expect(catchOss(() => read({ [name]: 'DES' })).code).toBe('InvalidEncryptionAlgorithmError')
  })

  it('read tags', () => {
    expect(readObjectSettings({ 'x-oss-tagging': 'a=1&b=x%20y' }, BUCKET).tags).toEqual([
      ['a', '1'],
      ['b', 'x y'],
    ])
  })

  it('say whether an object may be replaced', () => {
    const bucket = { versioning: false }
    const read = (value?: string) =>
      readForbidOverwrite(value === undefined ? {} : { 'x-oss-forbid-overwrite': value }, bucket)
    expect([read(), read('false'), read('true'), read('TRUE')]).toEqual([false, false, true, true])
    expect(catchOss(() => read('yes')).code).toBe('InvalidArgument')
    checkOverwrite(true, undefined)
    const versioned = { versioning: true }
    expect(readForbidOverwrite({ 'x-oss-forbid-overwrite': 'true' }, versioned)).toBe(false)
  })

  it('reply to uploads with hashes, without Content-MD5 for multipart', () => {
    expect(buildUploadHeaders({ etag: 'A', crc64: '1' })).toEqual({
      etag: '"A"',
      'x-oss-hash-crc64ecma': '1',
    })
    expect(buildUploadHeaders({ etag: 'A', crc64: '1', contentMd5: 'x' })).toHaveProperty(
      'content-md5',
      'x',
    )
  })
})
