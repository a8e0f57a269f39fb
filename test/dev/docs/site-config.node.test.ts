/** What of the settings runs in the page; the build checks the rest. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { siteConfig } from '../../../src/dev/docs/site-config.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** As VitePress takes it to the page: the text of the function, without what is around it. */
function readFunction(): typeof siteConfig.appearance.onChanged {
  return new Function(`return ${siteConfig.appearance.onChanged.toString()}`)()
}

function stubPage(...classes: string[]): void {
  const classList = { contains: (name: string) => classes.includes(name) }
  vi.stubGlobal('document', { documentElement: { classList } })
}

describe('the appearance', () => {
  it.each([
    ['dark', ['mac', 'dark']],
    ['light', ['mac']],
  ])('that the page has already is not set again: %s', (mode, classes) => {
    stubPage(...classes)
    const change = vi.fn()
    readFunction()(mode === 'dark', change, mode)
    expect(change).not.toHaveBeenCalled()
  })

  it.each([
    ['dark', []],
    ['light', ['dark']],
  ])('that the page does not have is set: %s', (mode, classes) => {
    stubPage(...classes)
    const change = vi.fn()
    readFunction()(mode === 'dark', change, mode)
    expect(change).toHaveBeenCalledExactlyOnceWith(mode)
  })

  it('needs no document in the build', () => {
    const change = vi.fn()
    readFunction()(true, change, 'dark')
    expect(change).not.toHaveBeenCalled()
  })
})
