import { expect, it } from 'vitest'
import { removeGpsDirectory } from '../../../client/transform/tiff.ts'
import { buildTiff, GPS_FIELDS, PHONE_FIELDS, THUMBNAIL_FIELDS } from '../../support/photo.ts'

const listTags = (tiff: Uint8Array, start = 8) => {
  const view = new DataView(tiff.buffer)
  const count = view.getUint16(start)
  return {
    tags: Array.from({ length: count }, (_, at) => view.getUint16(start + 2 + at * 12)),
    next: view.getUint32(start + 2 + count * 12),
  }
}

it('takes one entry out of its directory, and leads on to the next directory', () => {
  const tiff = buildTiff(PHONE_FIELDS, THUMBNAIL_FIELDS, false)
  const { tags, next } = listTags(tiff)
  expect(removeGpsDirectory(tiff)).toBe(true)
  const after = listTags(tiff)
  expect(after).toEqual({ tags: tags.filter((tag) => tag !== 0x8825), next })
  expect(listTags(tiff, next).tags).toEqual([0x0103])
  expect(removeGpsDirectory(tiff)).toBe(false)
})

it('finds it in the second directory and in that of EXIF too', () => {
  const gps = { tag: 0x8825, value: GPS_FIELDS }
  const tiff = buildTiff([{ tag: 0x8769, value: [gps, gps] }], [gps], true)
  expect(removeGpsDirectory(tiff)).toBe(true)
  expect(new TextDecoder('latin1').decode(tiff)).not.toContain('2026')
  expect(removeGpsDirectory(tiff)).toBe(false)
})

it('erases the directory and its values, though no offset follows the last one', () => {
  const whole = buildTiff([{ tag: 0x8825, value: GPS_FIELDS }], [], false)
  expect(removeGpsDirectory(whole)).toBe(true)
  // The header, and a directory without entries.
  const rest = [...whole.subarray(8)]
  expect(rest.every((byte) => byte === 0)).toBe(true)
})

it('keeps directories that a GPS directory claims as its values', () => {
  const tiff = buildTiff(PHONE_FIELDS, THUMBNAIL_FIELDS, false)
  const view = new DataView(tiff.buffer)
  const gpsEntry = 8 + 2 + 4 * 12
  const gps = view.getUint32(gpsEntry + 8)
  // Its latitude: four bytes of a thousand values, from the beginning of the data on.
  view.setUint32(gps + 2 + 12 + 4, 1000)
  view.setUint32(gps + 2 + 12 + 8, 0)
  const { next } = listTags(tiff)
  expect(removeGpsDirectory(tiff)).toBe(true)
  expect(listTags(tiff).next).toBe(next)
})

it('ends with directories that point at each other, and with too many', () => {
  const tiff = buildTiff([{ tag: 1, value: 1 }], [{ tag: 2, value: 2 }], false)
  const view = new DataView(tiff.buffer)
  const second = listTags(tiff).next
  view.setUint32(second + 2 + 12, 8)
  expect(removeGpsDirectory(tiff)).toBe(false)

  const chain = new DataView(new ArrayBuffer(8 + 20 * 6))
  chain.setUint32(0, 0x4d4d002a)
  chain.setUint32(4, 8)
  for (let at = 8; at < 8 + 19 * 6; at += 6) chain.setUint32(at + 2, at + 6)
  expect(() => removeGpsDirectory(new Uint8Array(chain.buffer))).toThrow(RangeError)
})

it('survives whatever bytes there are', () => {
  const tiff = buildTiff(PHONE_FIELDS, THUMBNAIL_FIELDS, true)
  let state = 7
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state % below
  }
  for (let run = 0; run < 3000; run += 1) {
    const broken = tiff.slice(0, run % 3 ? tiff.length : random(tiff.length))
    for (let count = 0; count < 4 && broken.length > 0; count += 1) {
      broken[random(broken.length)] = random(256)
    }
    try {
      removeGpsDirectory(broken)
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
    }
  }
})
