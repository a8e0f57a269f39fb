/**
 * The names of ACLs in headers.
 */
import { invalidArgument } from '../http/errors.ts'
import type { BucketAcl } from '../storage/bucket.ts'
import type { ObjectSettings } from '../storage/model.ts'

const BUCKET_ACLS = ['private', 'public-read', 'public-read-write'] as const
const OBJECT_ACLS = ['default', ...BUCKET_ACLS] as const

/** @throws {OssError} `InvalidArgument` */
export function readBucketAcl(text = ''): BucketAcl {
  const acl = BUCKET_ACLS.find((known) => known === text)
  if (acl) return acl
  throw invalidArgument('no such bucket access control exists', 'x-oss-acl', text)
}

/** @throws {OssError} `InvalidArgument` */
export function readAcl(text = ''): ObjectSettings['acl'] {
  const acl = OBJECT_ACLS.find((known) => known === text)
  if (acl) return acl
  throw invalidArgument('no such object access control exists', 'x-oss-object-acl', text)
}
