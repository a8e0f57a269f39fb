import { afterEach, expect, it, vi } from 'vitest'
import { drawPicture } from '../../../client/transform/draw.ts'
import { paint } from '../../support/photo.ts'

afterEach(() => vi.unstubAllGlobals())

const OPTIONS = { maxWidth: 10, maxHeight: 10, type: 'image/png', quality: 1, mayKeep: true }

it.each(['OffscreenCanvas', 'a canvas of the page'])('draws with %s', async (kind) => {
  if (kind !== 'OffscreenCanvas') vi.stubGlobal('OffscreenCanvas', undefined)
  const blob = await drawPicture(await paint(40, 20, 'image/png'), OPTIONS)
  const { width, height } = await createImageBitmap(blob ?? new Blob())
  expect([width, height, blob?.type]).toEqual([10, 5, 'image/png'])
})

it('makes JPEG where a type cannot be encoded', async () => {
  const options = { ...OPTIONS, type: 'image/unknown', mayKeep: false }
  const blob = await drawPicture(await paint(4, 2, 'image/png'), options)
  expect(blob?.type).toBe('image/jpeg')
})

it('has nothing to do for a picture that fits, if it may stay', async () => {
  const file = await paint(10, 10, 'image/png')
  expect(await drawPicture(file, OPTIONS)).toBeUndefined()
  expect(await drawPicture(file, { ...OPTIONS, mayKeep: false })).toBeInstanceOf(Blob)
})

it('needs nothing but what every worker has', async () => {
  const draw = new Function(`return ${drawPicture}`)() as typeof drawPicture
  expect(await draw(await paint(40, 20, 'image/png'), OPTIONS)).toBeInstanceOf(Blob)
})
