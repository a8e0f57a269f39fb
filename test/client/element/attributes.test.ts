/** Checked by the compiler: the typings for markup name what the element reads. */
import { expect, expectTypeOf, it } from 'vitest'
import type { OssUploadAttributes, OssUploadHandlers } from '../../../client/element/attributes.ts'
import type { OssUploadEvents } from '../../../client/element/events.ts'
import { OssUploadElement } from '../../../client/element.ts'

/** In markup, but not written as attributes. */
type Properties = 'texts' | 'headers' | 'vars' | 'options'

it('markup has every attribute that the element watches', () => {
  const names: Record<keyof Omit<OssUploadAttributes, Properties>, true> = {
    accept: true,
    capture: true,
    clipboard: true,
    directory: true,
    disabled: true,
    endpoint: true,
    'max-files': true,
    'max-size': true,
    multiple: true,
    name: true,
    profile: true,
    required: true,
    thumbnails: true,
  }
  const watched = OssUploadElement.observedAttributes.filter((name) => name !== 'lang')
  expect(Object.keys(names)).toEqual(expect.arrayContaining(watched))
})

it('markup has a listener for every event', () => {
  expectTypeOf<keyof OssUploadHandlers>().toEqualTypeOf<`on${keyof OssUploadEvents}`>()
})
