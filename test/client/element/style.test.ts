import { expect, it } from 'vitest'
import { getSheet } from '../../../client/element/style.ts'

it('is one constructed sheet that loads nothing', () => {
  const sheet = getSheet()
  expect(getSheet()).toBe(sheet)
  const rules = [...sheet.cssRules].map(({ cssText }) => cssText)
  expect(rules.length).toBeGreaterThan(15)
  expect(rules.join()).not.toMatch(/url\(|@import/)
})

it('follows the page’s colours and its variables', () => {
  const host = document.body.appendChild(document.createElement('div'))
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [getSheet()]
  const button = root.appendChild(document.createElement('button'))
  button.setAttribute('part', 'choose')
  const paper = () => getComputedStyle(button).backgroundColor
  host.style.colorScheme = 'light'
  expect(paper()).toBe('rgb(10, 88, 202)')
  host.style.colorScheme = 'dark'
  expect(paper()).toBe('rgb(125, 178, 255)')
  host.style.setProperty('--oss-accent', 'rgb(1, 2, 3)')
  expect(paper()).toBe('rgb(1, 2, 3)')
  host.remove()
})
