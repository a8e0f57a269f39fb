/**
 * Finds the object or the upload that a request names.
 */
import { OssError } from '../http/errors.ts'
import type { Bucket, DeleteMarker, StoredObject, StoredUpload } from '../storage/model.ts'
import { findDeleteMarker, findVersion } from '../storage/versions.ts'
import type { OperationContext } from './context.ts'

/** EC of `NoSuchUpload`, as far as it is known. @see https://www.alibabacloud.com/help/en/oss/user-guide/0042-00000002 */
const NO_SUCH_UPLOAD_EC: Record<string, string> = {
  UploadPart: '0042-00000104',
  AbortMultipartUpload: '0042-00000002',
  ListParts: '0042-00000002',
}

/** @throws {OssError} `NoSuchUpload`, also for an upload of another key */
export function findUpload({
  emulator,
  bucket,
  key,
  query,
  operation,
}: OperationContext): StoredUpload {
  const uploadId = query.get('uploadId') ?? ''
  const upload = emulator.catalog.upload(bucket, key, uploadId)
  if (upload) return upload
  const ec = NO_SUCH_UPLOAD_EC[operation]
  throw new OssError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { extras: { UploadId: uploadId }, ...(ec && { ec }) },
  )
}

/**
 * The current version, or that of the query's `versionId`.
 *
 * @throws {OssError} `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a delete marker
 */
export function findObject({ bucket, key, query, request }: OperationContext): StoredObject {
  const versionId = query.get('versionId')
  const object = versionId
    ? findObjectVersion(bucket, key, versionId, request.method)
    : bucket.objects.get(key)
  if (object) return object
  const marker = findDeleteMarker(bucket, key)
  throw new OssError('NoSuchKey', 'The specified key does not exist.', {
    ec: '0026-00000001',
    extras: { Key: key },
    ...(marker && { headers: buildMarkerHeaders(marker) }),
  })
}

function findObjectVersion(
  bucket: Bucket,
  key: string,
  versionId: string,
  method: string,
): StoredObject {
  const version = findVersion(bucket, key, versionId)
  if (!version) {
    throw new OssError('NoSuchVersion', 'The specified version does not exist.', {
      extras: { Key: key, VersionId: versionId },
    })
  }
  if (version.kind !== 'DeleteMarker') return version
  throw new OssError(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    {
      extras: { Method: method, ResourceType: 'DeleteMarker' },
      headers: buildMarkerHeaders(version),
    },
  )
}

export function buildMarkerHeaders({ versionId }: DeleteMarker): Record<string, string> {
  return { 'x-oss-delete-marker': 'true', 'x-oss-version-id': versionId }
}

/**
 * The object that a symbolic link points to; any other object itself.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putsymlink
 * @throws {OssError} `SymlinkTargetNotExist`, `InvalidTargetType` for a link to a link
 */
export function followSymlink(bucket: Bucket, object: StoredObject): StoredObject {
  if (object.symlinkTarget === undefined) return object
  const target = bucket.objects.get(object.symlinkTarget)
  if (!target) {
    throw new OssError('SymlinkTargetNotExist', 'The symlink target object does not exist.')
  }
  if (target.symlinkTarget === undefined) return target
  throw new OssError('InvalidTargetType', 'The symbolic target object type is invalid.')
}
