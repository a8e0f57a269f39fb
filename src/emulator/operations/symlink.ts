/**
 * PutSymlink and GetSymlink.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putsymlink
 */
import { toHex } from '../../protocol/bytes.ts'
import { md5 } from '../../protocol/crypto.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import type { EmulatorReply } from '../http/message.ts'
import { checkKey, decodePercent } from '../http/target.ts'
import { createVersion, type OperationContext } from './context.ts'
import { findObject } from './find-object.ts'
import {
  buildUploadHeaders,
  checkOverwrite,
  readForbidOverwrite,
  readObjectSettings,
} from './object-settings.ts'

const HEADER = 'x-oss-symlink-target'

export async function putSymlink(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request } = call
  const text = request.headers[HEADER] ?? ''
  const symlinkTarget = decodePercent(text)
  if (!symlinkTarget) throw invalidArgument('The target is missing or not UTF-8.', HEADER, text)
  checkKey(symlinkTarget)
  const settings = readObjectSettings(request.headers, bucket)
  checkOverwrite(readForbidOverwrite(request.headers, bucket), bucket.objects.get(key))
  const version = createVersion(bucket)
  const etag = toHex(md5(symlinkTarget)).toUpperCase()
  await emulator.catalog.putObject(bucket, key, {
    ...settings,
    ...version,
    kind: 'Symlink',
    size: 0,
    etag,
    crc64: '0',
    lastModified: emulator.now().toISOString(),
    blobs: [],
    symlinkTarget,
  })
  const { 'x-oss-hash-crc64ecma': _, ...headers } = buildUploadHeaders({
    ...version,
    etag,
    crc64: '',
  })
  return { status: 200, headers }
}

/** @throws {OssError} `NoSuchKey`, `NotSymlink` */
export async function getSymlink(call: OperationContext): Promise<EmulatorReply> {
  const { symlinkTarget, etag, lastModified, versionId, headers } = findObject(call)
  if (symlinkTarget === undefined) {
    throw new OssError('NotSymlink', 'The object is not symlink.')
  }
  return {
    status: 200,
    headers: {
      ...headers,
      // Header values are ASCII: the target is encoded, as it came.
      [HEADER]: encodeURIComponent(symlinkTarget),
      etag: `"${etag}"`,
      'last-modified': new Date(lastModified).toUTCString(),
      ...(versionId !== undefined && { 'x-oss-version-id': versionId }),
    },
  }
}
