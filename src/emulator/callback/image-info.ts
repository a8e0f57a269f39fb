/**
 * Width, height and format of an image, from its first bytes. The content decides, never the declared type.
 *
 * @see https://www.w3.org/TR/png-3/#11IHDR
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf (B.2)
 * @see https://developers.google.com/speed/webp/docs/riff_container
 */
export interface ImageInfo {
  width: number
  height: number
  format: 'png' | 'jpg' | 'gif' | 'webp' | 'bmp' | 'tiff'
}

/** How much of a file is read: enough for a JPEG whose frame header follows a colour profile and a preview. */
export const IMAGE_HEAD_BYTES = 1024 * 1024

/** `undefined` for what is not an image; `'broken'` for an image whose size cannot be read. */
export function readImageInfo(head: Uint8Array): ImageInfo | 'broken' | undefined {
  for (const [format, isFormat, readSize] of FORMATS) {
    if (!isFormat(head)) continue
    try {
      const [width, height] = readSize(new DataView(head.buffer, head.byteOffset, head.byteLength))
      return width > 0 && height > 0 ? { width, height, format } : 'broken'
    } catch {
      return 'broken' // DataView threw: a read beyond the end
    }
  }
  return undefined
}

type Size = [width: number, height: number]

const startsWith = (head: Uint8Array, ...bytes: number[]) =>
  bytes.every((byte, at) => head[at] === byte)

const textAt = (head: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...head.subarray(at, at + length))

const FORMATS: [ImageInfo['format'], (head: Uint8Array) => boolean, (view: DataView) => Size][] = [
  ['png', (head) => startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), readPng],
  ['jpg', (head) => startsWith(head, 0xff, 0xd8, 0xff), readJpeg],
  ['gif', (head) => /^GIF8[79]a$/.test(textAt(head, 0, 6)), readGif],
  ['webp', (head) => textAt(head, 0, 4) === 'RIFF' && textAt(head, 8, 4) === 'WEBP', readWebp],
  ['bmp', (head) => textAt(head, 0, 2) === 'BM' && head.length >= 18, readBmp],
  [
    'tiff',
    (head) => startsWith(head, 0x49, 0x49, 0x2a, 0) || startsWith(head, 0x4d, 0x4d, 0, 0x2a),
    readTiff,
  ],
]

function readPng(view: DataView): Size {
  return [view.getUint32(16), view.getUint32(20)]
}

function readGif(view: DataView): Size {
  return [view.getUint16(6, true), view.getUint16(8, true)]
}

/** Old bitmaps have a 12-byte header with 16-bit sizes; a negative height means top-down. */
function readBmp(view: DataView): Size {
  if (view.getUint32(14, true) === 12) return [view.getUint16(18, true), view.getUint16(20, true)]
  return [view.getInt32(18, true), Math.abs(view.getInt32(22, true))]
}

/** Segment by segment to the first start-of-frame. */
function readJpeg(view: DataView): Size {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) throw new RangeError('no marker')
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)]
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    if (marker === 0xd9 || marker === 0xda) throw new RangeError('no frame')
    at += isBare ? 2 : 2 + Math.max(2, view.getUint16(at + 2))
  }
}

function readWebp(view: DataView): Size {
  const kind = String.fromCharCode(...[12, 13, 14, 15].map((at) => view.getUint8(at)))
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  if (kind === 'VP8X') return [uint24(24) + 1, uint24(27) + 1]
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true)
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1]
  }
  return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff]
}

const TIFF_WIDTH = 256
const TIFF_HEIGHT = 257
const TIFF_SHORT = 3

/** The two entries of the first directory, if it lies within the head. */
function readTiff(view: DataView): Size {
  const little = view.getUint8(0) === 0x49
  const directory = view.getUint32(4, little)
  const size: Size = [0, 0]
  const entries = view.getUint16(directory, little)
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12
    const tag = view.getUint16(at, little)
    const value =
      view.getUint16(at + 2, little) === TIFF_SHORT
        ? view.getUint16(at + 8, little)
        : view.getUint32(at + 8, little)
    if (tag === TIFF_WIDTH) size[0] = value
    if (tag === TIFF_HEIGHT) size[1] = value
  }
  return size
}
