/** JPEG photos with EXIF and XMP data, built byte by byte: the field, its value, and where each lies are known. */

type Rational = readonly [top: number, bottom: number]

export interface TiffField {
  tag: number
  /** 2 text, 3 short, 4 long, 5 rationals; a directory as its fields. */
  value: string | number | readonly Rational[] | readonly TiffField[]
}

const isFields = (value: TiffField['value']): value is readonly TiffField[] =>
  Array.isArray(value) && value.every((one) => 'tag' in one)

/** A TIFF structure with two directories one after the other, each value behind its directory. */
export function buildTiff(
  first: readonly TiffField[],
  second: readonly TiffField[],
  isLittle: boolean,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4096))
  let free = 8
  function write(fields: readonly TiffField[]): number {
    const start = free
    view.setUint16(start, fields.length, isLittle)
    free += 2 + fields.length * 12 + 4
    for (const [at, { tag, value }] of fields.entries()) {
      const entry = start + 2 + at * 12
      view.setUint16(entry, tag, isLittle)
      const set = (type: number, count: number, bytes = 0): number => {
        view.setUint16(entry + 2, type, isLittle)
        view.setUint32(entry + 4, count, isLittle)
        if (bytes <= 4) return entry + 8
        view.setUint32(entry + 8, free, isLittle)
        const place = free
        free += bytes + (bytes % 2)
        return place
      }
      if (typeof value === 'number') view.setUint16(set(3, 1), value, isLittle)
      else if (typeof value === 'string') {
        const place = set(2, value.length + 1, value.length + 1)
        for (const [i, char] of [...value].entries()) view.setUint8(place + i, char.charCodeAt(0))
      } else if (isFields(value)) view.setUint32(set(4, 1), write(value), isLittle)
      else {
        const place = set(5, value.length, value.length * 8)
        for (const [i, [top, bottom]] of (value as readonly Rational[]).entries()) {
          view.setUint32(place + i * 8, top, isLittle)
          view.setUint32(place + i * 8 + 4, bottom, isLittle)
        }
      }
    }
    return start
  }
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d)
  view.setUint16(2, 42, isLittle)
  view.setUint32(4, 8, isLittle)
  write(first)
  const next = 8 + 2 + first.length * 12
  if (second.length > 0) view.setUint32(next, write(second), isLittle)
  return new Uint8Array(view.buffer.slice(0, free))
}

/** Latitude and longitude of West Lake, Hangzhou. */
export const GPS_FIELDS: readonly TiffField[] = [
  { tag: 1, value: 'N' },
  {
    tag: 2,
    value: [
      [30, 1],
      [14, 1],
      [5512, 100],
    ],
  },
  { tag: 3, value: 'E' },
  {
    tag: 4,
    value: [
      [120, 1],
      [8, 1],
      [3077, 100],
    ],
  },
  { tag: 29, value: '2026:11:27' },
]

/** As a phone writes them, the GPS directory in the middle. */
export const PHONE_FIELDS: readonly TiffField[] = [
  { tag: 0x010f, value: 'Maker of phones' },
  { tag: 0x0110, value: 'Phone 7' },
  { tag: 0x0112, value: 6 },
  { tag: 0x8769, value: [{ tag: 0x9003, value: '2026:11:27 02:45:00' }] },
  { tag: 0x8825, value: GPS_FIELDS },
  { tag: 0xa430, value: 'Somebody' },
]
export const THUMBNAIL_FIELDS: readonly TiffField[] = [{ tag: 0x0103, value: 6 }]

export const toLatin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (char) => char.charCodeAt(0))

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export function buildSegment(marker: number, ...content: readonly Uint8Array[]): Uint8Array {
  const bytes = join(...content)
  const length = bytes.length + 2
  return join(Uint8Array.of(0xff, marker, length >> 8, length & 255), bytes)
}

export const buildExif = (tiff: Uint8Array) => buildSegment(0xe1, toLatin1('Exif\0\0'), tiff)
export const buildXmp = (packet: string) =>
  buildSegment(0xe1, toLatin1('http://ns.adobe.com/xap/1.0/\0'), new TextEncoder().encode(packet))

/** A picture of the browser's own encoder, with these segments at its beginning. */
export async function buildPhoto(
  segments: readonly Uint8Array[],
  { width = 60, height = 40, name = 'photo.jpg' } = {},
): Promise<File> {
  const bytes = new Uint8Array(await (await paint(width, height, 'image/jpeg')).arrayBuffer())
  const parts = [bytes.slice(0, 2), ...segments, bytes.slice(2)]
  return new File([join(...parts)], name, { type: 'image/jpeg', lastModified: 1_700_000_000_000 })
}

/** The left half red, the right half blue. */
export async function paint(width: number, height: number, type: string): Promise<Blob> {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  if (!context) throw new Error('There is no canvas.')
  context.fillStyle = '#f00'
  context.fillRect(0, 0, width / 2, height)
  context.fillStyle = '#00f'
  context.fillRect(width / 2, 0, width / 2, height)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no blob'))), type, 0.9)
  })
}

export async function readBytes(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer())
}
