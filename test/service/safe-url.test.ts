import { describe, expect, it } from 'vitest'
import { isSafeUrl, parseUrl } from '../../src/service/safe-url.ts'

describe('a URL', () => {
  it.each([
    'https://example.com',
    'http://localhost:8787',
    'http://app.localhost',
    'http://127.0.0.1',
    'http://127.1',
    'http://0x7f.1',
    'http://[::1]:1',
    'https://10.0.0.1',
  ])('such as %s is safe', (text) => {
    expect(isSafeUrl(new URL(text))).toBe(true)
  })

  it.each([
    'http://example.com',
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://0.0.0.0',
    'http://[::ffff:127.0.0.1]',
    'ftp://localhost',
    'file:///etc/passwd',
    'data:text/plain,a',
  ])('such as %s is not', (text) => {
    expect(isSafeUrl(new URL(text))).toBe(false)
  })

  it('that is none is undefined', () => {
    expect(parseUrl('example.com/a')).toBeUndefined()
    expect(parseUrl('https://example.com/a')?.pathname).toBe('/a')
  })
})
