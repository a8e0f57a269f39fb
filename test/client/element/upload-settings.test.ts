/** See react.test.ts, vue.test.ts and svelte.test.ts for what frameworks make of it. */
import { expect, it } from 'vitest'
import { OssUploadElement } from '../../../client/element.ts'

it.each([
  ['headers', { authorization: 'Bearer t' }],
  ['vars', { album: '夏天' }],
  ['options', { concurrency: 2 }],
] as const)('has %s before they are set, each element its own', (name, value) => {
  const [element, other] = [new OssUploadElement(), new OssUploadElement()]
  expect(name in element).toBe(true)
  expect(element[name]).toBeUndefined()
  Object.assign(element, { [name]: value })
  expect([element[name], other[name]]).toEqual([value, undefined])
  expect(element.hasAttribute(name)).toBe(false)
})
