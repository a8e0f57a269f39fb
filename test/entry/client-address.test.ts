import { describe, expect, it } from 'vitest'
import { createHeaderAddress, createSocketAddresses } from '../../src/entry/client-address.ts'

describe('the address of a client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    // What the client sent itself stands first, what the proxy adds last.
    ['1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['unknown', undefined],
    ['203.0.113.7; DROP', undefined],
    ['1'.repeat(65), undefined],
    ['', undefined],
  ])('by a header: %s is %s', (value, address) => {
    const request = new Request('https://a.example.com', { headers: { 'x-forwarded-for': value } })
    expect(createHeaderAddress('x-forwarded-for')(request)).toBe(address)
  })

  it('by a header that is not there is not known', () => {
    expect(createHeaderAddress('x-real-ip')(new Request('https://a.example.com'))).toBeUndefined()
  })

  it('by the connection is known for the requests that it was noted for', () => {
    const sockets = createSocketAddresses()
    const [one, other] = [
      new Request('https://a.example.com'),
      new Request('https://a.example.com'),
    ]
    sockets.note(one, '203.0.113.7')
    sockets.note(other, undefined)
    expect([sockets.find(one), sockets.find(other)]).toEqual(['203.0.113.7', undefined])
  })
})
