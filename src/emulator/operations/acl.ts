/**
 * The ACLs of buckets and objects.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketacl
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobjectacl
 */
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument } from '../http/xml.ts'
import { readAcl, readBucketAcl } from './acl-names.ts'
import { type OperationContext, OWNER } from './context.ts'
import { findObject } from './find-object.ts'

export async function putBucketAcl(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, request } = call
  await emulator.catalog.setAcl(bucket, readBucketAcl(request.headers['x-oss-acl']))
  return { status: 200, headers: {} }
}

export async function getBucketAcl({ bucket }: OperationContext): Promise<EmulatorReply> {
  return toReply(bucket.acl, {})
}

export async function putObjectAcl(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request } = call
  const acl = readAcl(request.headers['x-oss-object-acl'])
  const object = findObject(call)
  await emulator.catalog.changeObject(bucket, key, object, { acl })
  return { status: 200, headers: buildVersionHeaders(object) }
}

export async function getObjectAcl(call: OperationContext): Promise<EmulatorReply> {
  const object = findObject(call)
  return toReply(object.acl, buildVersionHeaders(object))
}

function buildVersionHeaders({ versionId }: { versionId?: string }): Record<string, string> {
  return versionId === undefined ? {} : { 'x-oss-version-id': versionId }
}

function toReply(grant: string, headers: Record<string, string>): EmulatorReply {
  const body = buildXmlDocument('AccessControlPolicy', {
    Owner: { ID: OWNER, DisplayName: OWNER },
    AccessControlList: { Grant: grant },
  })
  return { status: 200, headers: { ...headers, 'content-type': 'application/xml' }, body }
}
