/**
 * GetBucketLifecycle, GetBucketVersioning, GetBucketPublicAccessBlock: what the options of the bucket say.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketlifecycle
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketversioning
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getbucketpublicaccessblock
 */
import { OssError } from '../http/errors.ts'
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument, type XmlNode } from '../http/xml.ts'
import type { OperationContext } from './context.ts'

/** @throws {OssError} `NoSuchLifecycle` */
export async function getBucketLifecycle({ bucket }: OperationContext): Promise<EmulatorReply> {
  if (bucket.lifecycle.length === 0) {
    throw new OssError('NoSuchLifecycle', 'No Row found in Lifecycle Table.', {
      extras: { BucketName: bucket.name },
    })
  }
  return toReply('LifecycleConfiguration', {
    Rule: bucket.lifecycle.map((rule, at) => {
      const { prefix = '', enabled = true, abortMultipartUploadDays, expirationDays } = rule
      return {
        ID: `rule-${at + 1}`,
        Prefix: prefix,
        Status: enabled ? 'Enabled' : 'Disabled',
        Expiration: expirationDays === undefined ? undefined : { Days: expirationDays },
        AbortMultipartUpload:
          abortMultipartUploadDays === undefined ? undefined : { Days: abortMultipartUploadDays },
      }
    }),
  })
}

/** Without a status where versioning was never enabled. */
export async function getBucketVersioning({ bucket }: OperationContext): Promise<EmulatorReply> {
  return toReply('VersioningConfiguration', { Status: bucket.versioning ? 'Enabled' : undefined })
}

export async function getBucketPublicAccessBlock({
  bucket,
}: OperationContext): Promise<EmulatorReply> {
  return toReply('PublicAccessBlockConfiguration', { BlockPublicAccess: bucket.blockPublicAccess })
}

function toReply(root: string, result: XmlNode): EmulatorReply {
  const headers = { 'content-type': 'application/xml' }
  return { status: 200, headers, body: buildXmlDocument(root, result) }
}
