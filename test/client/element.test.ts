/** The entry: importing it registers `<oss-upload>`. */
import { expect, it } from 'vitest'
import { defineOssUpload, OssUploadElement } from '../../client/element.ts'

it('registers the element by being imported', () => {
  expect(customElements.get('oss-upload')).toBe(OssUploadElement)
  expect(document.createElement('oss-upload')).toBeInstanceOf(OssUploadElement)
})

it('keeps what was set before it was defined', async () => {
  const early = document.createElement('early-upload')
  Object.assign(early, { texts: { choose: 'Add' }, vars: { album: 'early' } })
  early.setAttribute('multiple', '')
  document.body.append(early)
  defineOssUpload('early-upload')
  defineOssUpload('early-upload')
  expect(early).toBeInstanceOf(OssUploadElement)
  expect(early.shadowRoot?.querySelector('button')?.textContent).toBe('Add')
  expect(early).toHaveProperty('vars', { album: 'early' })
})
