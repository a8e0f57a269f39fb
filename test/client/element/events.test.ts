import { expect, it } from 'vitest'
import { dispatch } from '../../../client/element/events.ts'

it('bubbles out of shadow roots; only `upload-add` can be cancelled', () => {
  const host = document.body.appendChild(document.createElement('div'))
  const inner = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('p'))
  const heard: boolean[] = []
  const refuse = (event: Event) => {
    event.preventDefault()
    heard.push(event.defaultPrevented)
  }
  host.addEventListener('upload-add', refuse)
  host.addEventListener('uploads-settled', refuse)
  expect(dispatch(inner, 'upload-add', { file: new File([], 'a') })).toBe(false)
  expect(dispatch(inner, 'uploads-settled', { results: [], errors: [] })).toBe(true)
  expect(heard).toEqual([true, false])
  host.remove()
})
