import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { readCallbackFields } from '../../src/signer/callback-fields.ts'
import { codeOf } from '../support/samples.ts'

const read = (body: string) => Object.fromEntries(readCallbackFields(body))

describe('the fields of a callback body', () => {
  it('are the same from a form and from JSON, and from text and bytes', () => {
    const fields = { key: 'a/目 b.png', size: '5', 'x:note': 'two\nlines', empty: '' }
    expect(read('key=a%2F%E7%9B%AE+b.png&size=5&x%3Anote=two%0Alines&empty=')).toEqual(fields)
    const json = '{"key":"a/目 b.png","size":5,"x:note":"two\\nlines","empty":null}'
    expect(read(json)).toEqual(fields)
    expect(Object.fromEntries(readCallbackFields(toUtf8(`\n ${json}`)))).toEqual(fields)
  })

  it('keep names that every object has', () => {
    const names = ['__proto__', 'constructor']
    expect([...readCallbackFields('__proto__=1&constructor=2').keys()]).toEqual(names)
    expect([...readCallbackFields('{"__proto__":"1","constructor":"2"}').keys()]).toEqual(names)
  })

  it.each([
    'a=1&a=2',
    '{',
    '{"a":{}}',
    '{"a":[1]}',
    '{"a":true}',
    '{"a":1.5}',
    '{"a":18446744073709551615}',
    '{"a":1} x',
  ])('are refused from %s', (body) => {
    expect(codeOf(() => readCallbackFields(body))).toBe('CALLBACK_MISMATCH')
  })

  it('quote nothing of a body that cannot be read', () => {
    expect(() => readCallbackFields('{PLANTED')).toThrow(/^(?!.*PLANTED)/)
  })

  it('are refused from bytes that are not UTF-8', () => {
    expect(codeOf(() => readCallbackFields(Uint8Array.of(0xff)))).toBe('TEXT')
  })
})
