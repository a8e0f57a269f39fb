import { describe, expect, it } from 'vitest'
import {
  parseBucketAcl,
  parseLifecycle,
  parsePublicAccessBlock,
  parseVersioning,
} from '../../src/protocol/bucket-settings-xml.ts'
import { codeOf } from '../support/samples.ts'

/** The example of the manual of GetBucketLifecycle, with a rule by date and one that is off. */
const LIFECYCLE = `<?xml version="1.0" encoding="UTF-8"?>
<LifecycleConfiguration>
  <Rule>
    <ID>delete after one day</ID><Prefix>logs1/</Prefix><Status>Enabled</Status>
    <Expiration><Days>1</Days></Expiration>
  </Rule>
  <Rule>
    <ID>parts</ID><Prefix></Prefix><Status>Enabled</Status>
    <AbortMultipartUpload><Days>3</Days></AbortMultipartUpload>
  </Rule>
  <Rule>
    <ID>old parts</ID><Prefix>old/</Prefix><Status>Disabled</Status>
    <AbortMultipartUpload><CreatedBeforeDate>2022-10-11T00:00:00.000Z</CreatedBeforeDate></AbortMultipartUpload>
  </Rule>
</LifecycleConfiguration>`

describe('the settings of a bucket', () => {
  it('say which lifecycle rules delete parts', () => {
    expect(parseLifecycle(LIFECYCLE)).toEqual([
      { prefix: 'logs1/', isEnabled: true, abortsUploads: false },
      { prefix: '', isEnabled: true, abortsUploads: true },
      { prefix: 'old/', isEnabled: false, abortsUploads: true },
    ])
  })

  it.each([
    ['<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>', 'enabled'],
    ['<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>', 'suspended'],
    ['<VersioningConfiguration/>', 'none'],
  ])('%s means versioning %s', (xml, state) => {
    expect(parseVersioning(xml)).toBe(state)
  })

  it.each([true, false])('say whether public access is blocked: %s', (isBlocked) => {
    const xml = `<PublicAccessBlockConfiguration><BlockPublicAccess>${isBlocked}</BlockPublicAccess></PublicAccessBlockConfiguration>`
    expect(parsePublicAccessBlock(xml)).toBe(isBlocked)
  })

  it('say who may read and write', () => {
    const grant = '<AccessControlList><Grant>public-read</Grant></AccessControlList>'
    const owner = '<Owner><ID>1</ID><DisplayName>1</DisplayName></Owner>'
    const xml = `<AccessControlPolicy>${owner}${grant}</AccessControlPolicy>`
    expect(parseBucketAcl(xml)).toBe('public-read')
    expect(codeOf(() => parseBucketAcl('<AccessControlPolicy/>'))).toBe('XML')
  })

  it.each([parseLifecycle, parseVersioning, parsePublicAccessBlock, parseBucketAcl])(
    'in another document are refused',
    (parse) => {
      for (const xml of ['', '<html></html>', '<Error><Code>AccessDenied</Code></Error>']) {
        expect(codeOf(() => parse(xml))).toBe('XML')
      }
    },
  )
})
