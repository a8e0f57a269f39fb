import { describe, expect, it } from 'vitest'
import {
  checkBucketName,
  checkKey,
  decodePercent,
  parseQuery,
  parseTarget,
} from '../../../src/emulator/http/target.ts'
import { catchOss } from '../emulator-with-client.ts'

const parse = (target: string, host: string) =>
  parseTarget(target, host, new Map([['img.example.com', 'examplebucket']]))

describe('bucket and key', () => {
  it.each([
    ['/a/b', 'examplebucket.oss-cn-hangzhou.aliyuncs.com', 'examplebucket', 'a/b'],
    ['/', 'examplebucket.localhost:9000', 'examplebucket', ''],
    ['/a', 'IMG.example.com', 'examplebucket', 'a'],
    ['/examplebucket/a/b', '127.0.0.1:9000', 'examplebucket', 'a/b'],
    ['/examplebucket/a', '[::1]:9000', 'examplebucket', 'a'],
    ['/examplebucket/a', 'localhost', 'examplebucket', 'a'],
    ['/examplebucket', '127.0.0.1', 'examplebucket', ''],
    ['/examplebucket/', '127.0.0.1', 'examplebucket', ''],
    ['/', '127.0.0.1', undefined, ''],
    ['/', 'oss-cn-hangzhou.aliyuncs.com', undefined, ''],
    ['/examplebucket//a/../b/./c', '127.0.0.1', 'examplebucket', '/a/../b/./c'],
    ['/%E4%B8%AD%20%2F+%zz', 'b-b.localhost', 'b-b', '中 /+%zz'],
    ['http://examplebucket.localhost/a?x', 'examplebucket.localhost', 'examplebucket', 'a'],
    ['', 'examplebucket.localhost', 'examplebucket', ''],
  ])('of %s at %s', (target, host, bucket, key) => {
    expect(parse(target, host)).toMatchObject({ bucket, key })
  })

  it('are not in the path of a public endpoint', () => {
    const run = () => parse('/examplebucket/a', 'oss-cn-hangzhou.aliyuncs.com')
    expect(catchOss(run)).toMatchObject({ code: 'SecondLevelDomainForbidden', status: 403 })
  })

  it('have rules', () => {
    for (const key of ['', '/a', '\\a', 'a'.repeat(1024), '中'.repeat(342)]) {
      expect(catchOss(() => checkKey(key)).code).toBe('InvalidObjectName')
    }
    checkKey('中'.repeat(341))
    for (const name of ['ab', '-ab', 'Abc', 'a_b', 'a'.repeat(64), 'a..b']) {
      expect(catchOss(() => checkBucketName(name))).toMatchObject({
        code: 'InvalidBucketName',
        ec: '0015-00000001',
      })
    }
    expect(catchOss(() => parse('/%ff', 'b.localhost')).code).toBe('InvalidObjectName')
  })
})

describe('a query', () => {
  it('is decoded once, + as a space; of equal names the first counts', () => {
    const query = parseQuery('a=1%2B+%252B&b&c=&a=2&=x&d=e=f')
    expect(query.pairs).toEqual([
      ['a', '1+ %2B'],
      ['b', ''],
      ['c', ''],
      ['a', '2'],
      ['', 'x'],
      ['d', 'e=f'],
    ])
    expect([query.get('a'), query.get('b'), query.has('z')]).toEqual(['1+ %2B', '', false])
  })

  it('has limits', () => {
    expect(catchOss(() => parseQuery('%ff')).code).toBe('InvalidArgument')
    expect(catchOss(() => parseQuery('a&'.repeat(1001))).code).toBe('InvalidArgument')
  })
})

it('percent-decoding leaves a stray % alone and refuses what is not UTF-8', () => {
  expect(decodePercent('100%')).toBe('100%')
  expect(decodePercent('%2')).toBe('%2')
  expect(decodePercent('ü%20')).toBe('ü ')
  expect(decodePercent('%c3%28')).toBeUndefined()
})
