import { expect, it } from 'vitest'
import { isAnimated } from '../../../client/transform/animation.ts'
import { paint, toLatin1 } from '../../support/photo.ts'

const chunk = (name: string, data = '') =>
  `\0\0\0${String.fromCharCode(data.length)}${name}${data}CRC.`
const png = (...chunks: string[]) => `\x89PNG\r\n\x1a\n${chunks.join('')}`

it.each([
  ['a GIF', 'GIF89a', true],
  ['an animated PNG', png(chunk('IHDR', '0123456789abc'), chunk('acTL', '12345678')), true],
  ['a PNG', png(chunk('IHDR', '0123456789abc'), chunk('IDAT', 'x'), chunk('acTL')), false],
  ['a PNG with the word in a text', png(chunk('tEXt', '....acTL'), chunk('IDAT')), false],
  ['a PNG that is cut off', png(chunk('IHDR')).slice(0, 15), false],
  ['an animated WebP', 'RIFF....WEBPVP8X\x0a\0\0\0\x02', true],
  ['a WebP with transparency', 'RIFF....WEBPVP8X\x0a\0\0\0\x10', false],
  ['a simple WebP', 'RIFF....WEBPVP8 ', false],
  ['an animated AVIF', '\0\0\0\x1cftypavis', true],
  ['an AVIF', '\0\0\0\x1cftypavif', false],
  ['no file', '', false],
])('says whether %s moves', async (_, head, expected) => {
  expect(await isAnimated(new Blob([toLatin1(head)]))).toBe(expected)
})

it('finds no animation in pictures of this browser', async () => {
  for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
    expect(await isAnimated(await paint(20, 20, type))).toBe(false)
  }
})
