/**
 * Finds the bucket of a request.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints
 */
import { OssError } from '../http/errors.ts'
import { checkBucketName, readEndpointRegion, type Target } from '../http/target.ts'
import type { Catalog } from '../storage/catalog.ts'
import type { Bucket } from '../storage/model.ts'

/** @throws {OssError} `NoSuchBucket`, `InvalidBucketName`, `AccessDenied` for another region's endpoint */
export function findBucket(catalog: Catalog, { bucket: name }: Target, host: string): Bucket {
  if (name === undefined) {
    throw new OssError(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
    )
  }
  checkBucketName(name)
  const bucket = catalog.bucket(name)
  if (!bucket) {
    throw new OssError('NoSuchBucket', 'The specified bucket does not exist.', {
      ec: '0015-00000101',
      extras: { BucketName: name },
    })
  }
  const region = readEndpointRegion(host)
  if (region !== undefined && region !== bucket.region) {
    throw new OssError(
      'AccessDenied',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      { extras: { Bucket: name, Endpoint: `oss-${bucket.region}.aliyuncs.com` } },
    )
  }
  return bucket
}
