/**
 * Settings of a bucket, as OSS tells them in XML.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketlifecycle
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketversioning
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketpublicaccessblock
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketacl
 */
import { ProtocolError } from './errors.ts'
import { findText, listChildren, parseRoot } from './xml.ts'

export interface LifecycleRule {
  /** Of keys; empty: the whole bucket. */
  prefix: string
  isEnabled: boolean
  /** Whether parts of unfinished uploads are deleted after days, or if they are older than a date. */
  abortsUploads: boolean
}

/** @throws {ProtocolError} `XML` */
export function parseLifecycle(xml: string): LifecycleRule[] {
  return listChildren(parseRoot(xml, 'LifecycleConfiguration'), 'Rule').map((rule) => ({
    prefix: findText(rule, 'Prefix') ?? '',
    isEnabled: findText(rule, 'Status') === 'Enabled',
    abortsUploads: listChildren(rule, 'AbortMultipartUpload').some(
      (abort) =>
        findText(abort, 'Days') !== undefined || findText(abort, 'CreatedBeforeDate') !== undefined,
    ),
  }))
}

/** `none`: it was never enabled. @throws {ProtocolError} `XML` */
export function parseVersioning(xml: string): 'enabled' | 'suspended' | 'none' {
  const status = findText(parseRoot(xml, 'VersioningConfiguration'), 'Status')
  if (status === 'Enabled') return 'enabled'
  return status === 'Suspended' ? 'suspended' : 'none'
}

/** @throws {ProtocolError} `XML` */
export function parsePublicAccessBlock(xml: string): boolean {
  const root = parseRoot(xml, 'PublicAccessBlockConfiguration')
  return findText(root, 'BlockPublicAccess') === 'true'
}

/** `private`, `public-read` or `public-read-write`. @throws {ProtocolError} `XML` */
export function parseBucketAcl(xml: string): string {
  const [list] = listChildren(parseRoot(xml, 'AccessControlPolicy'), 'AccessControlList')
  const grant = list && findText(list, 'Grant')
  if (!grant) throw new ProtocolError('XML', 'The XML response lacks Grant.')
  return grant
}
