import { expect, it } from 'vitest'

it('runs in a browser', () => {
  expect(typeof XMLHttpRequest).toBe('function')
})
