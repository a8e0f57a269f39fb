import { expect, it } from 'vitest'
import { loadMediaType } from '../../../client/upload/load-media-type.ts'

it('uses the name of the file, or the given one', async () => {
  const file = new File(['a'], 'IMG_1.HEIC')
  expect(await loadMediaType(file)).toBe('image/heic')
  expect(await loadMediaType(file, 'a.txt')).toBe('text/plain')
  expect(await loadMediaType(new Blob(['a']))).toBe('')
})
