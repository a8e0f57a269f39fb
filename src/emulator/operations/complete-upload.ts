/**
 * CompleteMultipartUpload.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/completemultipartupload
 */
import { toBase64, toHex } from '../../protocol/bytes.ts'
import { crc64Combine } from '../../protocol/crc64.ts'
import { createMd5, md5 } from '../../protocol/crypto.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_PART_NUMBER, MIN_PART_BYTES } from '../http/limits.ts'
import { type EmulatorReply, readBody } from '../http/message.ts'
import { buildXmlDocument, malformedXml, readXml } from '../http/xml.ts'
import { printKey, readEncodingType } from '../http/xml-values.ts'
import type { Bucket, StoredObject, StoredPart, StoredUpload } from '../storage/model.ts'
import { type PinnableStorage, readStoredBytes } from '../storage/stored-bytes.ts'
import { buildLocation, createVersion, type OperationContext } from './context.ts'
import { findUpload } from './find-object.ts'
import { finishUpload } from './finish-upload.ts'
import { checkOverwrite, readForbidOverwrite } from './object-settings.ts'
import { planCallback } from './send-callback.ts'

// A bound of this program: 10 000 parts, each with number, ETag, CRC and white space.
const MAX_XML_BYTES = 4 * 1024 * 1024

interface ListedPart {
  partNumber: number
  etag: string
}

export async function completeUpload(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, request, query } = call
  const encodingType = readEncodingType(query)
  const upload = findUpload(call)
  const body = await readBody(request.body, MAX_XML_BYTES)
  if (!body) throw new OssError('MalformedXML', 'The XML you provided is longer than 4 MiB.')
  const forbidOverwrite = readForbidOverwrite(request.headers, bucket) || upload.forbidOverwrite
  const plan = await planCallback(call)
  const completeAll = request.headers['x-oss-complete-all']
  const hashed = upload.sequential
    ? await hashParts(emulator.storage, pickParts(completeAll, body, upload))
    : undefined
  // Nothing is awaited from here to the catalog: of two Completes at once only one succeeds, and no part is
  // replaced after it was picked.
  findUpload(call)
  const parts = pickParts(completeAll, body, upload)
  if (hashed && hashed.blobs !== listBlobs(parts)) throw invalidPart(upload, {})
  checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  const object = {
    ...buildMultipartObject(bucket, upload, parts, emulator.now()),
    ...(hashed && { contentMd5: hashed.contentMd5 }),
  }
  await emulator.catalog.completeUpload(upload, bucket, object)
  const xml = buildXmlDocument('CompleteMultipartUploadResult', {
    EncodingType: encodingType,
    Location: buildLocation(call),
    Bucket: bucket.name,
    Key: printKey(key, encodingType),
    ETag: `"${object.etag}"`,
  })
  return finishUpload(call, object, plan, 'CompleteMultipartUpload', {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xml,
  })
}

function pickParts(
  completeAll: string | undefined,
  body: Uint8Array,
  upload: StoredUpload,
): StoredPart[] {
  const parts =
    completeAll?.toLowerCase() === 'yes'
      ? pickAll(body, upload)
      : parseParts(body).map((listed) => pickListed(listed, upload))
  const small = parts.findIndex(({ size }, at) => size < MIN_PART_BYTES && at < parts.length - 1)
  if (small >= 0) {
    throw new OssError(
      'EntityTooSmall',
      'Your proposed upload smaller than the minimum allowed size.',
      {
        extras: {
          MinSizeAllowed: String(MIN_PART_BYTES),
          ProposedSize: String(parts[small]?.size ?? 0),
        },
      },
    )
  }
  return parts
}

function pickAll(body: Uint8Array, upload: StoredUpload): StoredPart[] {
  if (body.length > 0) {
    throw invalidArgument(
      'The body must be empty when x-oss-complete-all is yes.',
      'x-oss-complete-all',
      'yes',
    )
  }
  return [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
}

function pickListed({ partNumber, etag }: ListedPart, upload: StoredUpload): StoredPart {
  const part = upload.parts.get(partNumber)
  if (part && part.etag === etag) return part
  throw invalidPart(upload, { ETag: etag, PartNumber: String(partNumber) })
}

function invalidPart(upload: StoredUpload, extras: Record<string, string>): OssError {
  return new OssError(
    'InvalidPart',
    "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
    { extras: { ...extras, UploadId: upload.uploadId } },
  )
}

const listBlobs = (parts: StoredPart[]) => parts.map(({ blob }) => blob).join()

/** Reads the whole object, for `?sequential`. A part that is replaced meanwhile shows in `blobs`. */
async function hashParts(storage: PinnableStorage, parts: StoredPart[]) {
  const stored = parts.map(({ blob, size }) => ({ id: blob, size }))
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  const md5 = createMd5()
  const stream = readStoredBytes(storage, stored, 0, size)
  for await (const chunk of stream.chunks) md5.update(chunk)
  return { blobs: listBlobs(parts), contentMd5: toBase64(md5.digest()) }
}

/** @throws {OssError} `MalformedXML`, `InvalidPartOrder` */
function parseParts(body: Uint8Array): ListedPart[] {
  const root = readXml(new TextDecoder().decode(body), 'CompleteMultipartUpload')
  const parts = root.children.map(({ name, children }) => {
    const text = (wanted: string) => children.find((child) => child.name === wanted)?.text
    const [number, etag] = [text('PartNumber'), text('ETag')]
    if (name !== 'Part' || !number || etag === undefined || !/^-?\d{1,9}$/.test(number)) {
      throw malformedXml()
    }
    return { partNumber: Number(number), etag: etag.replace(/^"|"$/g, '') }
  })
  const isOrdered = parts.every(
    ({ partNumber }, at) =>
      partNumber > (parts[at - 1]?.partNumber ?? 0) && partNumber <= MAX_PART_NUMBER,
  )
  if (!isOrdered) {
    throw new OssError('InvalidPartOrder', 'The list of parts was not in ascending order.')
  }
  return parts
}

/** The ETag hashes the parts' ETags as hex text, unlike S3's raw bytes. Without parts the object is empty. */
function buildMultipartObject(
  bucket: Bucket,
  upload: StoredUpload,
  parts: StoredPart[],
  now: Date,
): StoredObject {
  let crc = 0n
  for (const part of parts) crc = crc64Combine(crc, BigInt(part.crc64), part.size)
  const etags = parts.map(({ etag }) => etag).join('')
  return {
    ...upload.settings,
    ...createVersion(bucket),
    kind: 'Multipart',
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: `${toHex(md5(etags)).toUpperCase()}-${parts.length}`,
    crc64: crc.toString(),
    lastModified: now.toISOString(),
    blobs: parts.map(({ blob, size }) => ({ id: blob, size })),
  }
}
