import { describe, expect, it } from 'vitest'
import {
  buildInitiateHeaders,
  issueMultipart,
  issueWindow,
  requireOpenUpload,
} from '../../src/signer/issue-multipart.ts'
import { codeOf, createProfile, createUpload, ISSUER, SIGNING } from '../support/samples.ts'

const MIB = 1024 * 1024
const upload = requireOpenUpload(
  createUpload({ method: 'multipart', uploadId: 'U1', partSize: 8 * MIB, size: 1000 * MIB + 1 }),
)

describe('multipart tickets', () => {
  it('have the first hundred parts, and the count of all', () => {
    const ticket = issueMultipart(upload, createProfile(), ISSUER, SIGNING)
    expect(ticket.partCount).toBe(126)
    expect(ticket.parts).toHaveLength(100)
    expect(ticket.parts.at(-1)?.partNumber).toBe(100)
  })

  it('sign each part separately: no two signatures are the same', () => {
    const { parts } = issueMultipart(upload, createProfile(), ISSUER, SIGNING)
    expect(new Set(parts.map(({ url }) => url)).size).toBe(100)
  })

  it('sign the last part for its own length', () => {
    const last = (size: number) =>
      issueWindow({ ...upload, size }, [126], createProfile(), ISSUER, SIGNING).parts[0]?.url
    expect(last(1000 * MIB + 1)).not.toBe(last(1000 * MIB + 2))
  })

  it('forbid overwriting at Initiate and Complete, unless the profile allows it', () => {
    const allowing = createProfile({ allowOverwrite: true })
    expect(issueWindow(upload, [1], allowing, ISSUER, SIGNING).complete.headers).toEqual({
      'x-oss-complete-all': 'yes',
    })
    expect(buildInitiateHeaders(allowing, upload, ISSUER.secrets)).not.toHaveProperty(
      'x-oss-forbid-overwrite',
    )
    const profile = createProfile()
    const { complete } = issueWindow(upload, [1], profile, ISSUER, SIGNING)
    expect(complete.headers).toEqual({
      'x-oss-complete-all': 'yes',
      'x-oss-forbid-overwrite': 'true',
    })
    expect(buildInitiateHeaders(profile, upload, ISSUER.secrets)).toMatchObject({
      'Content-Type': 'image/png',
      'x-oss-forbid-overwrite': 'true',
      'x-oss-meta-upcall-id': upload.id,
    })
  })

  it('need an upload that OSS has initiated', () => {
    expect(codeOf(() => requireOpenUpload(createUpload()))).toBe('SESSION_KIND')
  })

  it('refuse a part beyond the last', () => {
    const ask = (number: number) => () =>
      issueWindow(upload, [number], createProfile(), ISSUER, SIGNING)
    expect(codeOf(ask(126))).toBe(undefined)
    expect(codeOf(ask(127))).toBe('PART_NUMBER')
  })
})
