/** What another reader of EXIF and XMP, exifr, finds before and after; and that nothing else changes. */
import exifr from 'exifr'
import { describe, expect, it } from 'vitest'
import { prepare } from '../../../client/transform/prepare.ts'
import { stripGps } from '../../../client/transform/strip-gps.ts'
import {
  buildExif,
  buildPhoto,
  buildSegment,
  buildTiff,
  buildXmp,
  join,
  PHONE_FIELDS,
  readBytes,
  THUMBNAIL_FIELDS,
  toLatin1,
} from '../../support/photo.ts'

const OPTIONS = { tiff: true, ifd1: true, exif: true, gps: true, mergeOutput: false }
const PACKET = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="西湖" exif:GPSLatitude="30,14.9186N" exif:GPSLongitude = '120,8.5128E'><exif:GPSTimeStamp>2026-11-27T02:45:00Z</exif:GPSTimeStamp></rdf:Description></rdf:RDF></x:xmpmeta>`

const exif = (isLittle: boolean) => buildExif(buildTiff(PHONE_FIELDS, THUMBNAIL_FIELDS, isLittle))
const strip = (file: File) => prepare(file, [stripGps()])
const toFile = (...parts: readonly Uint8Array[]) =>
  new File([join(...parts)], 'photo.jpg', { type: 'image/jpeg' })

async function listChanges(before: Blob, after: Blob): Promise<number[]> {
  const [old, now] = await Promise.all([readBytes(before), readBytes(after)])
  expect(now.length).toBe(old.length)
  return [...old.keys()].filter((at) => old[at] !== now[at])
}

describe.each([
  ['little', true],
  ['big', false],
])('a photo in %s endian', (_, isLittle) => {
  it('loses its position and nothing else', async () => {
    const photo = await buildPhoto([exif(isLittle)])
    const before = await exifr.parse(photo, OPTIONS)
    expect(before.gps.latitude).toBeCloseTo(30.2486, 3)
    const stripped = await strip(photo)
    const after = await exifr.parse(stripped, OPTIONS)
    const { gps: _lost, ...others } = before
    expect(after).toEqual(others)
    expect(after.ifd0.Make).toBe('Maker of phones')
    expect(after.ifd1).toEqual(before.ifd1)
    const { name, type, lastModified } = stripped
    expect([name, type, lastModified]).toEqual([photo.name, photo.type, photo.lastModified])
  })

  it('has no byte of the position left, and all others at their place', async () => {
    const segment = exif(isLittle)
    const photo = await buildPhoto([segment])
    const stripped = await strip(photo)
    const changes = await listChanges(photo, stripped)
    expect(changes.length).toBeGreaterThan(40)
    // All within the EXIF segment.
    expect(changes.every((at) => at >= 2 && at < 2 + segment.length)).toBe(true)
    const text = new TextDecoder('latin1').decode(await readBytes(stripped))
    // The date of the position stands in the GPS directory alone.
    expect(text.match(/2026:11:27/g)).toHaveLength(1)
    for (const kept of ['Maker of phones', 'Phone 7', 'Somebody']) expect(text).toContain(kept)
    // A second time there is nothing to do.
    expect(await strip(stripped)).toBe(stripped)
  })

  it('looks the same, turned as before', async () => {
    const photo = await buildPhoto([exif(isLittle)])
    const read = async (file: Blob) => {
      const picture = await createImageBitmap(file)
      const canvas = Object.assign(document.createElement('canvas'), { width: 60, height: 60 })
      const context = canvas.getContext('2d')
      context?.drawImage(picture, 0, 0)
      return [picture.width, picture.height, canvas.toDataURL()]
    }
    const before = await read(photo)
    // Orientation 6: on its side.
    expect(before.slice(0, 2)).toEqual([40, 60])
    expect(await read(await strip(photo))).toEqual(before)
  })
})

/** By the browser's own XML parser. */
async function readXmp(file: Blob) {
  const [packet = ''] = /<x:xmpmeta.*<\/x:xmpmeta>/s.exec(await file.text()) ?? []
  const xml = new DOMParser().parseFromString(packet, 'application/xml')
  expect(xml.querySelector('parsererror')).toBeNull()
  const names = [...xml.querySelectorAll('*')].flatMap((node) => [
    node.nodeName,
    ...node.getAttributeNames(),
  ])
  return { names, packet }
}

it('removes positions from XMP, and keeps its other properties', async () => {
  const photo = await buildPhoto([buildXmp(PACKET)])
  const before = await readXmp(photo)
  expect(before.names).toEqual(
    expect.arrayContaining(['exif:GPSLatitude', 'exif:GPSLongitude', 'exif:GPSTimeStamp']),
  )
  const stripped = await strip(photo)
  const after = await readXmp(stripped)
  expect(after.names).toEqual(before.names.filter((name) => !name.includes('GPS')))
  expect(after.packet).not.toMatch(/14\.9186|8\.5128|02:45/)
  expect(after.packet).toContain('西湖')
  const changes = await listChanges(photo, stripped)
  const bytes = await readBytes(stripped)
  expect(changes.every((at) => bytes[at] === 0x20)).toBe(true)
})

it('removes them from extended XMP too', async () => {
  const identifier = `http://ns.adobe.com/xmp/extension/\0${'A'.repeat(32)}\0\0\0\x99\0\0\0\0`
  const segment = buildSegment(0xe1, toLatin1(identifier), new TextEncoder().encode(PACKET))
  const stripped = await strip(await buildPhoto([segment]))
  const { names } = await readXmp(stripped)
  expect(names.join()).not.toContain('GPS')
  expect(names).toContain('dc:title')
})

it('removes them from the pictures behind the first one too', async () => {
  const first = await buildPhoto([exif(true)])
  const second = await buildPhoto([exif(false), buildXmp(PACKET)])
  const gap = toLatin1('anything, \xff\xd8\xff\x00 no picture, \xff\xff\xd8')
  const both = toFile(await readBytes(first), gap, await readBytes(second))
  const stripped = await readBytes(await strip(both))
  const expected = await Promise.all(
    [strip(first), strip(second)].map(async (one) => readBytes(await one)),
  )
  const [own = first, other = second] = expected
  expect(stripped).toEqual(join(own as Uint8Array, gap, other as Uint8Array))
})

it('returns the same file where there is nothing to remove', async () => {
  const fields = PHONE_FIELDS.filter(({ tag }) => tag !== 0x8825)
  for (const file of [
    await buildPhoto([]),
    await buildPhoto([buildExif(buildTiff(fields, [], true)), buildXmp('<x:xmpmeta/>')]),
    new File([], 'empty.jpg', { type: 'image/jpeg' }),
    new File(['%PDF-1.7 Exif\0\0'], '合同.pdf', { type: 'application/pdf' }),
    new File([Uint8Array.of(0xff)], 'one-byte.jpg'),
    new File([Uint8Array.of(0xff, 0xd8)], 'start.jpg'),
  ]) {
    expect(await strip(file)).toBe(file)
  }
})

it('removes the position from a file that is cut off in its picture', async () => {
  const photo = await buildPhoto([exif(true)])
  const bytes = (await readBytes(photo)).slice(0, -20)
  const stripped = await strip(toFile(bytes))
  expect(await exifr.gps(stripped)).toBeUndefined()
  expect(await exifr.gps(toFile(bytes))).toBeDefined()
})

it('never lets a file with a position pass, wherever it is cut', async () => {
  const bytes = await readBytes(await buildPhoto([exif(false)]))
  for (let length = 2; length < 700; length += 7) {
    const file = toFile(bytes.slice(0, length))
    const outcome = await strip(file).catch((error) => error.code)
    if (typeof outcome === 'string') expect(outcome).toBe('JPEG_MALFORMED')
    else {
      const found = await exifr.gps(outcome).catch(() => undefined)
      expect(found?.latitude, `cut at ${length}`).toBeUndefined()
    }
  }
})

const header = (...bytes: number[]) => Uint8Array.of(0xff, 0xd8, ...bytes)
const withTiff = (tiff: Uint8Array) => join(header(), buildExif(tiff), Uint8Array.of(0xff, 0xd9))
const ifd = (count: number, ...entry: number[]) =>
  Uint8Array.of(...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, count], ...entry)

it.each<[string, Uint8Array]>([
  ['bytes without a marker', header(1, 2, 3, 4)],
  ['a segment without a length', header(0xff, 0xe0, 0, 1, 0xff, 0xd9)],
  ['a marker that is none', header(0xff, 0x00, 0, 2)],
  [
    'segments without end',
    header(...Array.from({ length: 1001 }, () => [0xff, 0xe0, 0, 2]).flat()),
  ],
  ['EXIF data that are no TIFF', withTiff(toLatin1('nothing at all'))],
  ['EXIF data that are empty', withTiff(new Uint8Array())],
  ['a directory behind the data', withTiff(Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 1, 0))],
  ['a directory that is cut off', withTiff(ifd(9, 0x88, 0x25))],
  ['EXIF data that are cut off', header(0xff, 0xe1, 1, 0, ...toLatin1('Exif\0\0'))],
])('refuses %s', async (_, bytes) => {
  await expect(strip(toFile(bytes))).rejects.toMatchObject({
    name: 'TransformError',
    code: 'JPEG_MALFORMED',
  })
})

it.each<[string, Uint8Array]>([
  [
    'points behind the data',
    ifd(1, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 0),
  ],
  ['points at its own directory', ifd(1, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8)],
])('removes a pointer that %s, and ends', async (_, tiff) => {
  const stripped = await readBytes(await strip(toFile(withTiff(tiff))))
  expect(stripped.join()).not.toContain('136,37')
})

it('reads a file of megabytes in blocks, and can be cancelled', async () => {
  const photo = await buildPhoto([exif(true)])
  const noise = new Uint8Array(3_000_000).fill(0x41)
  const big = toFile(await readBytes(photo), noise)
  expect(await exifr.gps(await strip(big))).toBeUndefined()
  const controller = new AbortController()
  const outcome = prepare(big, [stripGps()], { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(outcome).rejects.toMatchObject({ name: 'AbortError', code: 'ABORTED' })
})

it('leaves a segment that another program writes under the same marker', async () => {
  const file = toFile(
    header(),
    buildSegment(0xe1, toLatin1('Other\0GPS')),
    Uint8Array.of(0xff, 0xd9),
  )
  expect(await strip(file)).toBe(file)
})
