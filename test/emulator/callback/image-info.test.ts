import { describe, expect, it } from 'vitest'
import { readImageInfo } from '../../../src/emulator/callback/image-info.ts'

const ascii = (text: string) => Array.from(text, (char) => char.charCodeAt(0))
const of = (...bytes: number[]) => Uint8Array.from(bytes)

const PNG = of(
  0x89,
  ...ascii('PNG'),
  13,
  10,
  26,
  10,
  0,
  0,
  0,
  13,
  ...ascii('IHDR'),
  0,
  0,
  2,
  128,
  0,
  0,
  1,
  224,
  8,
  6,
  0,
  0,
  0,
)
const GIF = of(...ascii('GIF89a'), 0x80, 2, 0xe0, 1, 0, 0, 0)
/** JFIF, a preview of 300 bytes, a fill byte, then the frame of a progressive JPEG. */
const JPEG = of(
  0xff,
  0xd8,
  0xff,
  0xe0,
  0,
  4,
  1,
  2,
  0xff,
  0xe1,
  1,
  0x2e,
  ...new Array(300).fill(0xff),
  0xff,
  0xff,
  0xc2,
  0,
  17,
  8,
  1,
  0xe0,
  2,
  0x80,
  3,
)
const BMP = of(
  ...ascii('BM'),
  ...new Array(12).fill(0),
  40,
  0,
  0,
  0,
  0x80,
  2,
  0,
  0,
  0x20,
  0xfe,
  0xff,
  0xff,
)
const OLD_BMP = of(...ascii('BM'), ...new Array(12).fill(0), 12, 0, 0, 0, 0x80, 2, 0xe0, 1)
const webp = (kind: string, ...rest: number[]) =>
  of(...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBP'), ...ascii(kind), 0, 0, 0, 0, ...rest)
const TIFF = of(
  0x4d,
  0x4d,
  0,
  0x2a,
  0,
  0,
  0,
  8,
  0,
  2,
  1,
  0,
  0,
  3,
  0,
  0,
  0,
  1,
  2,
  128,
  0,
  0,
  1,
  1,
  0,
  4,
  0,
  0,
  0,
  1,
  0,
  0,
  1,
  224,
)

describe('width, height and format of', () => {
  it.each([
    ['png', PNG],
    ['gif', GIF],
    ['jpg', JPEG],
    ['bmp', BMP],
    ['bmp', OLD_BMP],
    ['webp', webp('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1)],
    ['webp', webp('VP8L', 0x2f, 0x7f, 0xc2, 0x77, 0)],
    ['webp', webp('VP8X', 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0)],
    ['tiff', TIFF],
  ])('%s', (format, bytes) => {
    expect(readImageInfo(bytes)).toEqual({ width: 640, height: 480, format })
  })

  it('what is not an image: undefined', () => {
    for (const bytes of [
      of(),
      ascii('hello'),
      ascii('GIF88a'),
      ascii('RIFF0000WAVE'),
      ascii('BM'),
    ]) {
      expect(readImageInfo(Uint8Array.from(bytes))).toBeUndefined()
    }
  })

  it('a broken image: that it is broken', () => {
    const noFrame = of(0xff, 0xd8, 0xff, 0xd9)
    const zero = PNG.slice()
    zero.fill(0, 16, 24)
    for (const bytes of [
      PNG.subarray(0, 20),
      JPEG.subarray(0, 310),
      GIF.subarray(0, 7),
      noFrame,
      zero,
      webp('VP8X'),
    ]) {
      expect(readImageInfo(bytes)).toBe('broken')
    }
  })

  it('any bytes: a result, never an exception', () => {
    for (const head of [PNG, GIF, JPEG, BMP, TIFF, webp('VP8 '), webp('VP8L'), webp('VP8X')]) {
      for (let size = 0; size < head.length; size += 1) readImageInfo(head.subarray(0, size))
      const noisy = Uint8Array.from({ length: 4096 }, (_, at) => head[at] ?? (at * 7919) & 0xff)
      readImageInfo(noisy)
    }
  })
})
