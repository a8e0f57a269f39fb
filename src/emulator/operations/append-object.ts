/**
 * AppendObject.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/appendobject
 */
import { toHex } from '../../protocol/bytes.ts'
import { crc64Combine } from '../../protocol/crc64.ts'
import { md5 } from '../../protocol/crypto.ts'
import { invalidArgument, notImplemented, OssError } from '../http/errors.ts'
import { MAX_BODY_BYTES } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { ObjectSettings, StoredBytes, StoredObject } from '../storage/model.ts'
import {
  buildNormalObject,
  type OperationContext,
  readBitsPerSecond,
  readContentLength,
} from './context.ts'
import {
  buildUploadHeaders,
  checkOverwrite,
  readForbidOverwrite,
  readObjectSettings,
} from './object-settings.ts'
import { receiveBytes } from './receive-body.ts'

export async function appendObject(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request, query } = call
  if (bucket.versioning) throw notImplemented('AppendObject in a bucket with versioning')
  const text = query.get('position') ?? ''
  const position = /^\d{1,15}$/.test(text) ? Number(text) : undefined
  if (position === undefined) {
    throw invalidArgument('The position must be a whole number.', 'position', text)
  }
  const declaredBytes = readContentLength(request)
  // Later appends cannot change the settings: their headers are ignored.
  const settings = bucket.objects.has(key) ? undefined : readObjectSettings(request.headers, bucket)
  const forbidOverwrite = readForbidOverwrite(request.headers, bucket)
  const check = () => {
    const existing = bucket.objects.get(key)
    checkOverwrite(forbidOverwrite && position === 0, existing)
    checkPosition(existing, position)
    return existing
  }
  check()
  const bytes = await receiveBytes(request.body, emulator.storage, {
    maxBytes: MAX_BODY_BYTES - position,
    declaredBytes,
    contentMd5: request.headers['content-md5'],
    bitsPerSecond: readBitsPerSecond(call),
  })
  let object: StoredObject
  try {
    // Again, because another append may have come first. Nothing is awaited from here to the catalog.
    const existing = check()
    object = existing
      ? extend(existing, bytes, emulator.now())
      : createAppendable(call, settings ?? readObjectSettings(request.headers, bucket), bytes)
  } catch (error) {
    await emulator.storage.deleteBlob(bytes.blob)
    throw error
  }
  await emulator.catalog.putObject(bucket, key, object)
  const next = { 'x-oss-next-append-position': String(object.size) }
  return { status: 200, headers: { ...buildUploadHeaders(object), ...next } }
}

function createAppendable(
  { bucket, emulator }: OperationContext,
  settings: ObjectSettings,
  bytes: StoredBytes,
): StoredObject {
  return { ...buildNormalObject(bucket, settings, bytes, emulator.now()), kind: 'Appendable' }
}

/** @throws {OssError} `ObjectNotAppendable`, `PositionNotEqualToLength` */
function checkPosition(existing: StoredObject | undefined, position: number): void {
  if (existing && existing.kind !== 'Appendable') {
    throw new OssError('ObjectNotAppendable', 'The object is not appendable')
  }
  const size = existing?.size ?? 0
  if (position === size) return
  throw new OssError('PositionNotEqualToLength', 'Position is not equal to file length', {
    headers: {
      'x-oss-next-append-position': String(size),
      ...(existing && { 'x-oss-hash-crc64ecma': existing.crc64 }),
    },
  })
}

/** The manual does not say what the ETag of an appendable object hashes: here the ETags of its pieces. */
function extend(object: StoredObject, bytes: StoredBytes, now: Date): StoredObject {
  const { contentMd5: _, ...rest } = object
  const crc = crc64Combine(BigInt(object.crc64), BigInt(bytes.crc64), bytes.size)
  return {
    ...rest,
    size: object.size + bytes.size,
    etag: toHex(md5(object.etag + bytes.etag)).toUpperCase(),
    crc64: crc.toString(),
    lastModified: now.toISOString(),
    blobs: [...object.blobs, { id: bytes.blob, size: bytes.size }],
  }
}
