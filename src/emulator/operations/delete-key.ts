/**
 * Deletes an object or a version of it: what DeleteObject and DeleteMultipleObjects share.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/deleteobject
 */
import type { DeleteMarker } from '../storage/model.ts'
import { createVersionId, type OperationContext } from './context.ts'

export interface Deletion {
  /** The delete marker that was created, or removed. */
  marker: DeleteMarker | undefined
}

/** It is no error if there is nothing to delete. */
export async function deleteKey(
  { emulator, bucket }: OperationContext,
  key: string,
  versionId: string | undefined,
): Promise<Deletion> {
  if (versionId) {
    const removed = await emulator.catalog.deleteVersion(bucket, key, versionId)
    return { marker: removed?.kind === 'DeleteMarker' ? removed : undefined }
  }
  const marker: DeleteMarker | undefined = bucket.versioning
    ? {
        kind: 'DeleteMarker',
        versionId: createVersionId(),
        lastModified: emulator.now().toISOString(),
      }
    : undefined
  await emulator.catalog.deleteObject(bucket, key, marker)
  return { marker }
}
