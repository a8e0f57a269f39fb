/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject */
import { describe, expect, it } from 'vitest'
import {
  checkPolicyConditions,
  checkPolicyExpiry,
  parsePolicy,
  readLengthRange,
} from '../../../src/emulator/auth/check-policy.ts'
import { defaultUnconfirmed, type Unconfirmed } from '../../../src/emulator/behavior/unconfirmed.ts'
import { toBase64 } from '../../../src/protocol/bytes.ts'
import { catchOss } from '../emulator-with-client.ts'

const EXPIRATION = '2030-01-02T04:04:05.000Z'
const parse = (policy: unknown) =>
  parsePolicy(toBase64(typeof policy === 'string' ? policy : JSON.stringify(policy)))
const parseWith = (...conditions: unknown[]) => parse({ expiration: EXPIRATION, conditions })

function check(
  condition: unknown,
  fields: Record<string, string>,
  more: { required?: string[]; unconfirmed?: Partial<Unconfirmed> } = {},
) {
  const policy = parseWith(condition)
  checkPolicyConditions(policy, new Map(Object.entries(fields)), more.required ?? [], {
    ...defaultUnconfirmed,
    ...more.unconfirmed,
  })
}

describe('the grammar of a policy', () => {
  it.each([
    ['not Base64', () => parsePolicy('%%%'), '0006-00000201'],
    ['not JSON', () => parse('{"expiration": e}'), '0006-00000201'],
    ['not an object', () => parse('[]'), '0006-00000201'],
    [
      'a third key',
      () => parse({ expiration: EXPIRATION, conditions: [{}], x: 1 }),
      '0006-00000206',
    ],
    ['no conditions', () => parse({ expiration: EXPIRATION }), '0006-00000207'],
    ['no expiration', () => parse({ conditions: [{ a: 'b' }] }), '0006-00000208'],
    ['neither', () => parse({}), '0006-00000209'],
    [
      'a number as expiration',
      () => parse({ expiration: 1, conditions: [{ a: 'b' }] }),
      '0006-00000210',
    ],
    [
      'an empty expiration',
      () => parse({ expiration: '', conditions: [{ a: 'b' }] }),
      '0006-00000211',
    ],
    [
      'conditions that are no list',
      () => parse({ expiration: EXPIRATION, conditions: {} }),
      '0006-00000214',
    ],
    [
      'conditions: null',
      () => parse({ expiration: EXPIRATION, conditions: null }),
      '0006-00000214',
    ],
    ['an empty list', () => parseWith(), '0006-00000215'],
    ['an unknown mode', () => parseWith(['like', '$key', 'a']), '0006-00000216'],
    ['two properties', () => parseWith({ key: 'a', bucket: 'b' }), '0006-00000218'],
    ['a value that is no string', () => parseWith({ key: 1 }), '0006-00000218'],
    ['eq with two words', () => parseWith(['eq', '$key']), '0006-00000218'],
    ['in without a list', () => parseWith(['in', '$key', 'a']), '0006-00000218'],
    ['max below min', () => parseWith(['content-length-range', 2, 1]), '0006-00000219'],
    ['lengths as text', () => parseWith(['content-length-range', '1', '2']), '0006-00000221'],
    ['lengths with a fraction', () => parseWith(['content-length-range', 0.5, 2]), '0006-00000221'],
    ['a word as condition', () => parseWith('key'), '0006-00000222'],
  ])('%s', (_, run, ec) => {
    expect(catchOss(run)).toMatchObject({ code: 'InvalidPolicyDocument', status: 400, ec })
  })

  it('refuses an expiration that is not UTC', () => {
    const run = () => parse({ expiration: '2030-01-02T04:04:05+08:00', conditions: [{ a: 'b' }] })
    expect(catchOss(run).code).toBe('InvalidPolicyDocument')
  })

  it('knows the escape \\$ for a literal dollar', () => {
    const policy = parse(
      `{"expiration":"${EXPIRATION}","conditions":[["eq","$key","a\\\\\\$b\\/c"]]}`,
    )
    expect(policy.conditions[0]).toMatchObject({ value: 'a\\$b/c' })
  })

  it('expires at its moment', () => {
    const policy = parseWith({ key: 'a' })
    checkPolicyExpiry(policy, new Date(Date.parse(EXPIRATION) - 1))
    const late = () => checkPolicyExpiry(policy, new Date(EXPIRATION))
    expect(catchOss(late)).toMatchObject({ code: 'AccessDenied', ec: '0006-00000213' })
  })

  it('takes the tightest of several ranges', () => {
    const policy = parseWith(['content-length-range', 1, 9], ['content-length-range', 0, 5])
    expect(readLengthRange(policy)).toEqual({ min: 1, max: 5 })
  })
})

describe('the conditions of a policy', () => {
  const failed = (run: () => void) => catchOss(run)

  it.each([
    [{ key: 'a' }, { key: 'a' }, { key: 'A' }],
    [['eq', '$key', 'a'], { key: 'a' }, { key: 'ab' }],
    [['eq', 'key', 'a'], { key: 'a' }, { key: '' }],
    [['EQ', '$Content-Type', 'a/b'], { 'content-type': 'a/b' }, { 'content-type': 'a/c' }],
    [['starts-with', '$key', 'u/1/'], { key: 'u/1/x' }, { key: 'u/2/x' }],
    [['in', '$x:a', ['1', '2']], { 'x:a': '2' }, { 'x:a': '3' }],
    [['not-in', '$key', ['1', '2']], { key: '3' }, { key: '1' }],
  ])('%j', (condition, good, bad) => {
    check(condition, good as Record<string, string>)
    expect(failed(() => check(condition, bad as Record<string, string>))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      ec: '0006-00000227',
    })
  })

  it('prints the condition that failed, with its dollar', () => {
    const error = failed(() =>
      check(['eq', 'success_action_status', '200'], { success_action_status: '201' }),
    )
    expect(error.message).toBe(
      'Invalid according to Policy: Policy Condition failed: ["eq", "$success_action_status", "200"]',
    )
  })

  it('fails for a field that the form lacks, even with an empty prefix', () => {
    for (const condition of [{ a: 'b' }, ['starts-with', '$a', ''], ['not-in', '$a', ['x']]]) {
      expect(failed(() => check(condition, {})).ec).toBe('0006-00000226')
    }
    check(['starts-with', '$a', ''], {}, { unconfirmed: { emptyPrefixAllowsMissing: true } })
  })

  it('wants a condition for each V4 field', () => {
    const run = () => check({ key: 'a' }, { key: 'a' }, { required: ['x-oss-credential'] })
    expect(failed(run)).toMatchObject({ ec: '0006-00000228', code: 'AccessDenied' })
    expect(failed(run).message).toContain('Extra input fields: x-oss-credential')
  })

  it('leaves other unbound fields alone, unless told otherwise', () => {
    const fields = { key: 'a', callback: 'x', policy: 'p', 'x-oss-signature': 's', bucket: 'b' }
    check({ key: 'a' }, fields)
    const run = () => check({ key: 'a' }, fields, { unconfirmed: { extraFormFields: 'all' } })
    expect(failed(run).message).toContain('Extra input fields: callback')
  })
})
