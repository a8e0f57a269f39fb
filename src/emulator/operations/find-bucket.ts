/**
 * Finds the bucket of a request.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints
 */
import { OssError } from '../http/errors.ts'
import { checkBucketName, readHostName, type Target } from '../http/target.ts'
import type { Catalog } from '../storage/catalog.ts'
import type { Bucket } from '../storage/model.ts'

/** @throws {OssError} `NoSuchBucket`, `InvalidBucketName`, `AccessDenied` for another region's endpoint */
export function findBucket(catalog: Catalog, { bucket: name }: Target, host: string): Bucket {
  if (name === undefined) {
    throw new OssError('NotImplemented', 'Calls without a bucket are not part of this local OSS.')
  }
  checkBucketName(name)
  const bucket = catalog.bucket(name)
  if (!bucket) {
    throw new OssError('NoSuchBucket', 'The specified bucket does not exist.', {
      ec: '0015-00000101',
      extras: { BucketName: name },
    })
  }
  const region = /\.oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(readHostName(host))?.[1]
  if (region !== undefined && !region.startsWith('accelerate') && region !== bucket.region) {
    throw new OssError(
      'AccessDenied',
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      { extras: { Bucket: name, Endpoint: `oss-${bucket.region}.aliyuncs.com` } },
    )
  }
  return bucket
}
