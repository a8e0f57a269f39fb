import { expect, it } from 'vitest'
import { findLanguage, make, makeButton } from '../../../client/element/dom.ts'

it('takes texts as text', () => {
  const node = make('p', 'name', '<img src=x>', make('b', '', 'bold'))
  expect(node.outerHTML).toBe('<p part="name">&lt;img src=x&gt;<b part="">bold</b></p>')
})

it('makes buttons that submit no form', () => {
  let count = 0
  const button = makeButton('choose', 'Choose', () => {
    count += 1
  })
  button.click()
  expect([button.type, button.textContent, count]).toEqual(['button', 'Choose', 1])
})

it('finds the nearest language, else the page’s, else the reader’s', () => {
  const inner = make('p', '')
  const outer = make('div', '', inner)
  document.body.append(outer)
  document.documentElement.lang = 'de'
  expect(findLanguage(inner)).toBe('de')
  outer.lang = 'zh-Hans'
  expect(findLanguage(inner)).toBe('zh-Hans')
  outer.remove()
  document.documentElement.lang = ''
  expect(findLanguage(document.body)).toBe(navigator.language)
})
