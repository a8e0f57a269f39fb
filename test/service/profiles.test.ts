import { describe, expect, it } from 'vitest'
import { readProfiles } from '../../src/service/profiles.ts'

const GOOD = { key: 'a/{id}', types: ['image/png'], maxSize: 10 }

describe('profiles named like members of every object', () => {
  it('are profiles like all others', () => {
    const value = JSON.parse(
      '{"constructor":{"key":"a/{id}","types":["*"],"maxSize":1},"__proto__":{"key":"b/{id}"}}',
    )
    const { profiles, issues } = readProfiles(value)
    expect([...profiles.keys()]).toEqual(['constructor'])
    expect(issues.join()).toContain('__proto__.')
  })
})

describe('profiles from JSON', () => {
  it('are read by name', () => {
    const { profiles, issues } = readProfiles({ one: GOOD, two: GOOD })
    expect(issues).toEqual([])
    expect([...profiles.keys()]).toEqual(['one', 'two'])
  })

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /at least one/],
    ['a list', [GOOD], /"0"|at least one/],
    ['an empty object', {}, /at least one/],
    ['a text for a profile', { p: 'x' }, /^p/],
    ['an unknown setting', { p: { ...GOOD, maxsize: 1 } }, /p\.maxsize: is no setting/],
    ['a missing setting', { p: { key: 'a', types: ['*'] } }, /p\.maxSize: is missing/],
    ['a text for a number', { p: { ...GOOD, maxSize: '5MB' } }, /p\.maxSize: must be a number/],
    [
      'an unknown method',
      { p: { ...GOOD, methods: ['post'] } },
      /p\.methods\.0: must be one of form/,
    ],
    [
      'an unknown callback setting',
      { p: { ...GOOD, callback: { uri: 'x' } } },
      /p\.callback\.ur[il]/,
    ],
    ['a template of its own grammar', { p: { ...GOOD, key: 'a/{user}' } }, /\{user\}/],
    ['a name in capitals', { P: GOOD }, /its name/],
  ])('with %s are complained about', (_, value, words) => {
    const { issues } = readProfiles(value)
    expect(issues.join('\n')).toMatch(words)
  })

  it('are all complained about at once', () => {
    const { issues } = readProfiles({
      a: { ...GOOD, maxSize: 'x', types: 'image/png' },
      b: { ...GOOD, key: '/' },
      c: GOOD,
    })
    expect(issues.length).toBeGreaterThanOrEqual(3)
  })

  it('may carry every setting there is', () => {
    const full = {
      ...GOOD,
      minSize: 1,
      methods: ['form'],
      multipartFrom: 1,
      partSize: 1,
      ticketSeconds: 1,
      sessionSeconds: 1,
      trustCallbackSignature: true,
      allowOverwrite: true,
      vars: ['a'],
      storageClass: 'IA',
      acl: 'private',
      contentDisposition: 'inline',
      cacheControl: 'no-cache',
      callback: { url: ['https://a.example.com/'], host: 'a.example.com', sni: false },
    }
    expect(readProfiles({ full }).issues).toEqual([])
  })
})
