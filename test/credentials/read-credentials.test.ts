import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseObject,
  readCode,
  readCredentials,
  readExpiration,
} from '../../src/credentials/read-credentials.ts'
import { START } from '../support/clock.ts'
import { codeOf } from '../support/samples.ts'

const GOOD = {
  AccessKeyId: 'STS.a',
  AccessKeySecret: 'PLANTED-s',
  SecurityToken: 'PLANTED-t',
  Expiration: '2026-11-22T09:00:00Z',
}
const about = { what: 'STS', date: null, now: START }

describe('credentials', () => {
  it('are read with their end', () => {
    expect(readCredentials(GOOD, about)).toEqual({
      accessKeyId: 'STS.a',
      accessKeySecret: 'PLANTED-s',
      securityToken: 'PLANTED-t',
      expiration: new Date('2026-11-22T09:00:00Z'),
    })
  })

  it.each([
    [undefined],
    [null],
    ['text'],
    [{ ...GOOD, AccessKeyId: '' }],
    [{ ...GOOD, SecurityToken: undefined }],
    [{ ...GOOD, Expiration: 1_795_338_000 }],
    [{ ...GOOD, Expiration: 'tomorrow' }],
    [{ ...GOOD, Expiration: '2026-11-22T09:00:00' }],
    [{ ...GOOD, Expiration: '2026-11-22T09:00:00+08:00' }],
  ])('%j are none', (value) => {
    expect(codeOf(() => readCredentials(value, about))).toBe('RESPONSE')
    expect(() => readCredentials(value, about)).not.toThrow('PLANTED')
  })
})

describe('the end of a token', () => {
  const end = new Date('2026-11-22T09:00:00Z')

  it.each([
    ['right', 0, '2026-11-22T09:00:00.000Z'],
    ['ten minutes behind', -600, '2026-11-22T08:50:00.000Z'],
    ['ten minutes ahead', 600, '2026-11-22T09:00:00.000Z'],
  ])('by a clock that is %s', (_, seconds, expected) => {
    const now = new Date(START.getTime() + seconds * 1000)
    expect(readExpiration(end, START.toUTCString(), now).toISOString()).toBe(expected)
  })

  it('is as told where there is no date, or one that is no date', () => {
    expect(readExpiration(end, null, START)).toEqual(end)
    expect(readExpiration(end, 'soon', START)).toEqual(end)
  })

  it('never lies after the true end, however wrong the clock is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e7, max: 1e7 }),
        fc.integer({ min: 0, max: 43_200 }),
        (skew, life) => {
          const theirs = START
          const ours = new Date(theirs.getTime() + skew * 1000)
          const told = new Date(theirs.getTime() + life * 1000)
          const believed = readExpiration(told, theirs.toUTCString(), ours)
          // Our end, as the other side's clock says it.
          expect(believed.getTime() - skew * 1000).toBeLessThanOrEqual(told.getTime())
        },
      ),
    )
  })
})

describe('a response', () => {
  it.each(['', 'null', '[]', '"a"', '<xml>PLANTED', '{'])('%j is no object', (text) => {
    expect(codeOf(() => parseObject(text, 'STS'))).toBe('RESPONSE')
    expect(() => parseObject(text, 'STS')).not.toThrow('PLANTED')
  })

  it('has a code that is a word, or none', () => {
    expect(readCode('EntityNotExist.Role')).toBe('EntityNotExist.Role')
    expect(readCode('a b')).toBe('no code')
    expect(readCode(1)).toBe('no code')
  })
})
