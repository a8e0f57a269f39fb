import { describe, expect, it } from 'vitest'
import { fromBase64, fromUtf8 } from '../../src/protocol/bytes.ts'
import { issuePost } from '../../src/signer/issue-post.ts'
import { createProfile, createUpload, ISSUER, SIGNING } from '../support/samples.ts'

describe('form tickets', () => {
  it('have the address of the bucket, also with a custom endpoint', () => {
    const issue = (more: object) =>
      issuePost(createUpload(), createProfile(), { ...ISSUER, ...more }, SIGNING).url
    expect(issue({})).toBe('https://examplebucket.oss-cn-hangzhou.aliyuncs.com/')
    expect(issue({ endpoint: 'https://files.example.com', addressing: 'cname' })).toBe(
      'https://files.example.com/',
    )
    expect(issue({ endpoint: 'http://127.0.0.1:9000' })).toBe(
      'http://127.0.0.1:9000/examplebucket/',
    )
  })

  it('allow an empty file only to be empty', () => {
    const { fields } = issuePost(createUpload({ size: 0 }), createProfile(), ISSUER, SIGNING)
    expect(fromUtf8(fromBase64(fields.policy ?? ''))).toContain('["content-length-range",0,0]')
  })

  it('have the STS token, fixed by a condition', () => {
    const credentials = { ...SIGNING.credentials, securityToken: 'sts-token' }
    const { fields } = issuePost(createUpload(), createProfile(), ISSUER, {
      ...SIGNING,
      credentials,
    })
    expect(fields['x-oss-security-token']).toBe('sts-token')
    expect(fromUtf8(fromBase64(fields.policy ?? ''))).toContain(
      '{"x-oss-security-token":"sts-token"}',
    )
  })

  it('begin with the key, as OSS reads the fields before the file', () => {
    const { fields } = issuePost(createUpload(), createProfile(), ISSUER, SIGNING)
    expect(Object.keys(fields)[0]).toBe('key')
    expect(fields).not.toHaveProperty('file')
  })
})
