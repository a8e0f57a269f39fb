import { expect, it } from 'vitest'
import { showPicture } from '../../../client/element/picture.ts'

function makeThumb(): HTMLElement {
  const thumb = document.createElement('div')
  thumb.textContent = 'png'
  return thumb
}

it('shows a picture in place of the extension, and frees its address', async () => {
  const canvas = new OffscreenCanvas(4, 4)
  canvas.getContext('2d')
  const thumb = makeThumb()
  await showPicture(thumb, await canvas.convertToBlob())
  const image = thumb.querySelector('img')
  expect([thumb.textContent, image?.naturalWidth, image?.alt]).toEqual(['', 4, ''])
  await expect(fetch(image?.src ?? '')).rejects.toThrow()
})

it('leaves the extension where the file is no picture', async () => {
  const thumb = makeThumb()
  await showPicture(thumb, new Blob(['no picture'], { type: 'image/png' }))
  expect(thumb.textContent).toBe('png')
})
