/**
 * `stripGps()`: removes where a photo was taken, from JPEG files: GPS directories of EXIF, and GPS properties of XMP.
 * Everything else stays, byte by byte and at its place: other EXIF data, colour profile, thumbnail, picture. Over 200
 * lines: the walk through a JPEG file is one algorithm.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf (Annex B: markers and segments)
 */
import { TransformError } from './errors.ts'
import { type Transform, throwIfAborted } from './prepare.ts'
import { createReader, type Reader } from './reader.ts'
import { removeGpsDirectory } from './tiff.ts'
import { removeGpsProperties } from './xmp.ts'

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP1 = 0xe1
/** TEM and restarts: markers without a segment. */
const WITHOUT_LENGTH = [0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]
/** Of one picture, before its data; cameras write some ten. */
const MAX_SEGMENTS = 1000
/** Pictures in one file: previews and other exposures lie behind the first one. */
const MAX_PICTURES = 100

const EXIF = 'Exif\0\0'
const XMP = 'http://ns.adobe.com/xap/1.0/\0'
/** Identifier, then MD5 as 32 digits, length and offset as 4 bytes each. */
const EXTENDED_XMP = 'http://ns.adobe.com/xmp/extension/\0'
const EXTENDED_XMP_BYTES = EXTENDED_XMP.length + 40

/** Bytes that take the place of others. */
interface Patch {
  at: number
  bytes: Uint8Array<ArrayBuffer>
}

/**
 * A transform for `prepare`. A file that is no JPEG, or has no position data, is returned as it is.
 *
 * @throws TransformError `JPEG_MALFORMED`, when the segments of the file or its EXIF data cannot be read
 */
export function stripGps(): Transform {
  return async (file, { signal }) => {
    const read = createReader(file)
    const [first, second] = await read(0, 2)
    if (first !== 0xff || second !== SOI) return file
    const patches: Patch[] = []
    const check = () => throwIfAborted(signal)
    try {
      let end = await readPicture(read, 0, patches, check)
      for (let count = 1; end !== undefined; count += 1) {
        const start = await findPicture(read, end, check)
        if (start === undefined) break
        if (count >= MAX_PICTURES) throw new RangeError('too many pictures in one file')
        end = await readLaterPicture(read, start, patches, check)
      }
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      const message = `The structure of ${file.name} is broken: ${cause.message}.`
      throw new TransformError('JPEG_MALFORMED', message, { cause })
    }
    return patches.length > 0 ? applyPatches(file, patches) : file
  }
}

/** @returns where the picture ends; undefined when the file ends before. @throws {RangeError} for a broken structure */
async function readPicture(
  read: Reader,
  start: number,
  patches: Patch[],
  check: () => void,
): Promise<number | undefined> {
  let at = start + 2
  for (let count = 0; count < MAX_SEGMENTS; count += 1) {
    check()
    const [prefix, marker = 0, high = 0, low = 0] = await read(at, 4)
    if (prefix === undefined) return undefined
    if (prefix !== 0xff || marker === 0 || marker === SOI)
      throw new RangeError(`no marker at byte ${at}`)
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) at += 1
    else if (marker === EOI) return at + 2
    else if (WITHOUT_LENGTH.includes(marker)) at += 2
    else {
      const length = high * 256 + low
      if (length < 2) throw new RangeError(`a segment without a length at byte ${at}`)
      const from = at + 4
      at = from + length - 2
      if (marker === APP1) await readSegment(read, from, length - 2, patches)
      if (marker === SOS) {
        const next = await skipData(read, at, check)
        if (next === undefined) return undefined
        at = next
      }
    }
  }
  throw new RangeError('too many segments')
}

/**
 * Behind the first picture anything may lie: what is no picture there is not an error.
 *
 * @returns where to look for the next one
 */
async function readLaterPicture(
  read: Reader,
  start: number,
  patches: Patch[],
  check: () => void,
): Promise<number> {
  const own: Patch[] = []
  let end: number | undefined
  try {
    end = await readPicture(read, start, own, check)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  patches.push(...own)
  const last = own.at(-1)
  // What ends with the file, or is broken, may have been no picture: another may lie within.
  return end ?? (last ? last.at + last.bytes.length : start + 2)
}

/** @throws {RangeError} for EXIF data that are broken or cut off */
async function readSegment(
  read: Reader,
  at: number,
  length: number,
  patches: Patch[],
): Promise<void> {
  const bytes = (await read(at, length)).slice()
  const startsWith = (text: string) =>
    bytes.length >= text.length && [...text].every((char, i) => char.charCodeAt(0) === bytes[i])
  let isChanged = false
  if (startsWith(EXIF)) {
    if (bytes.length < length) throw new RangeError('EXIF data that are cut off')
    isChanged = removeGpsDirectory(bytes.subarray(EXIF.length))
  } else if (startsWith(XMP)) isChanged = removeGpsProperties(bytes.subarray(XMP.length))
  else if (startsWith(EXTENDED_XMP))
    isChanged = removeGpsProperties(bytes.subarray(EXTENDED_XMP_BYTES))
  if (isChanged) patches.push({ at, bytes })
}

/** Skips the picture's data. @returns the place of the next marker; undefined at the end of the file */
async function skipData(
  read: Reader,
  start: number,
  check: () => void,
): Promise<number | undefined> {
  let at = start
  for (;;) {
    const found = await findByte(read, at, check)
    if (found === undefined) return undefined
    const [, next] = await read(found, 2)
    if (next === undefined) return undefined
    // 0xff00 is data, 0xffd0 to 0xffd7 restart it.
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return found
    at = found + (next === 0xff ? 1 : 2)
  }
}

/** The next 0xff. */
async function findByte(
  read: Reader,
  start: number,
  check: () => void,
): Promise<number | undefined> {
  let at = start
  for (;;) {
    const bytes = await read(at)
    if (bytes.length === 0) return undefined
    const found = bytes.indexOf(0xff)
    if (found >= 0) return at + found
    at += bytes.length
    check()
  }
}

/** The next start of a picture. */
async function findPicture(
  read: Reader,
  start: number,
  check: () => void,
): Promise<number | undefined> {
  let at = start
  for (;;) {
    const found = await findByte(read, at, check)
    if (found === undefined) return undefined
    const [, second, third] = await read(found, 3)
    if (second === SOI && third === 0xff) return found
    at = found + 1
  }
}

/** Only the patches are new: the rest is read from the old file when it is sent. */
function applyPatches(file: File, patches: readonly Patch[]): File {
  const parts: BlobPart[] = []
  let at = 0
  for (const patch of patches) {
    parts.push(file.slice(at, patch.at), patch.bytes)
    at = patch.at + patch.bytes.length
  }
  parts.push(file.slice(at))
  const { name, type, lastModified } = file
  return new File(parts, name, { type, lastModified })
}
