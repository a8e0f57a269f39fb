import { expect, it } from 'vitest'
import { findTypes } from '../../../client/element/find-types.ts'

it('finds types by name and by bytes; a file that cannot be read has none', async () => {
  const photo = new File(['x'], 'IMG_1.HEIC')
  const picture = new File([new Uint8Array([0x89, 80, 78, 71, 13, 10, 26, 10])], 'picture')
  const gone = new File(['x'], 'gone')
  const arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError'))
  gone.slice = () => Object.assign(new Blob(), { arrayBuffer })
  const files = [photo, picture, gone]
  // Twice: the same file may be added again.
  for (const list of [files, files]) await findTypes(list)
  expect(files.map(({ type }) => type)).toEqual(['image/heic', 'image/png', ''])
})
