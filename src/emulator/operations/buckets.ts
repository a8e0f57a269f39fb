/**
 * PutBucket, DeleteBucket, GetBucketInfo, GetBucketLocation, ListBuckets.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucket
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listbuckets
 */
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_LIST_ENTRIES } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import { checkBucketName, readEndpointRegion } from '../http/target.ts'
import { buildXmlDocument, readChild, readXml, type XmlNode } from '../http/xml.ts'
import { printTime } from '../http/xml-values.ts'
import { readBucketOptions } from '../storage/bucket.ts'
import type { Bucket } from '../storage/model.ts'
import { readBucketAcl } from './acl-names.ts'
import { type OperationContext, OWNER, type ServiceContext } from './context.ts'
import { readMaxEntries } from './list-page.ts'
import { STORAGE_CLASSES } from './object-settings.ts'
import { readXmlBody } from './receive-body.ts'

// A bound of this program.
const MAX_XML_BYTES = 64 * 1024

/** A bucket that exists already keeps everything but its ACL: it has the same owner. */
export async function putBucket(call: ServiceContext): Promise<EmulatorReply> {
  const { emulator, bucketName: name = '', request, host } = call
  checkBucketName(name)
  const aclHeader = request.headers['x-oss-acl']
  const acl = aclHeader === undefined ? undefined : readBucketAcl(aclHeader)
  const storageClass = readStorageClass(await readXmlBody(request, MAX_XML_BYTES))
  const existing = emulator.catalog.bucket(name)
  if (existing && acl) await emulator.catalog.setAcl(existing, acl)
  if (!existing) {
    const region = readEndpointRegion(host)
    await emulator.catalog.createBucket(
      readBucketOptions({
        name,
        ...(region && { region }),
        ...(acl && { acl }),
        ...(storageClass && { storageClass }),
      }),
      emulator.now(),
    )
  }
  return { status: 200, headers: { location: `/${name}` } }
}

function readStorageClass(body: string): string | undefined {
  if (body.trim() === '') return
  const text = readChild(readXml(body, 'CreateBucketConfiguration'), 'StorageClass') ?? 'Standard'
  if (STORAGE_CLASSES.includes(text)) return text
  throw invalidArgument('The storage class is invalid.', 'StorageClass', text)
}

/** @throws {OssError} `BucketNotEmpty` */
export async function deleteBucket({ emulator, bucket }: OperationContext): Promise<EmulatorReply> {
  const hasVersions = [...bucket.versions.values()].some((versions) => versions.length > 0)
  if (bucket.objects.size > 0 || hasVersions || emulator.catalog.uploads(bucket).length > 0) {
    throw new OssError('BucketNotEmpty', 'The bucket you tried to delete is not empty.', {
      extras: { BucketName: bucket.name },
    })
  }
  await emulator.catalog.deleteBucket(bucket)
  return { status: 204, headers: {} }
}

export async function getBucketInfo({ bucket }: OperationContext): Promise<EmulatorReply> {
  return toReply('BucketInfo', {
    Bucket: {
      ...printBucket(bucket),
      TransferAcceleration: 'Disabled',
      CrossRegionReplication: 'Disabled',
      DataRedundancyType: 'LRS',
      Owner: { ID: OWNER, DisplayName: OWNER },
      AccessControlList: { Grant: bucket.acl },
      ServerSideEncryptionRule: { SSEAlgorithm: 'None' },
      Versioning: bucket.versioning ? 'Enabled' : undefined,
    },
  })
}

export async function getBucketLocation({ bucket }: OperationContext): Promise<EmulatorReply> {
  return toReply('LocationConstraint', `oss-${bucket.region}`)
}

export async function listBuckets({ emulator, query }: ServiceContext): Promise<EmulatorReply> {
  const prefix = query.get('prefix') ?? ''
  const marker = query.get('marker') ?? ''
  const maxKeys = readMaxEntries(query, 'max-keys', MAX_LIST_ENTRIES)
  const after = emulator.catalog
    .buckets()
    .filter(({ name }) => name.startsWith(prefix) && name > marker)
  const page = after.slice(0, maxKeys)
  const isTruncated = after.length > page.length
  return toReply('ListAllMyBucketsResult', {
    Prefix: prefix,
    Marker: marker,
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    NextMarker: isTruncated ? page.at(-1)?.name : undefined,
    Owner: { ID: OWNER, DisplayName: OWNER },
    Buckets: { Bucket: page.map((bucket) => ({ ...printBucket(bucket), Region: bucket.region })) },
  })
}

function printBucket(bucket: Bucket) {
  const { name, region, createdAt, storageClass } = bucket
  return {
    Name: name,
    CreationDate: printTime(createdAt),
    Location: `oss-${region}`,
    ExtranetEndpoint: `oss-${region}.aliyuncs.com`,
    IntranetEndpoint: `oss-${region}-internal.aliyuncs.com`,
    StorageClass: storageClass,
  }
}

function toReply(root: string, result: XmlNode): EmulatorReply {
  const headers = { 'content-type': 'application/xml' }
  return { status: 200, headers, body: buildXmlDocument(root, result) }
}
