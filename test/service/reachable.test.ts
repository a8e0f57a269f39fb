import { describe, expect, it } from 'vitest'
import { isLocalOss, isPrivateHost } from '../../src/service/reachable.ts'

describe('hosts', () => {
  it.each([
    'localhost',
    '127.8.9.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.0.1',
    '[2001:db8::1]',
    'backend',
    'printer.local',
    'db.prod.internal',
    'a.home.arpa.',
  ])('that OSS cannot reach: %s', (host) => {
    expect(isPrivateHost(host)).toBe(true)
  })

  it.each([
    'api.example.com',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '192.169.0.1',
    '110.0.0.1',
    'local.example.com',
    'internal-api.example.com.',
  ])('that OSS can reach: %s', (host) => {
    expect(isPrivateHost(host)).toBe(false)
  })

  it('make an OSS a local one', () => {
    expect(isLocalOss('http://127.0.0.1:9000')).toBe(true)
    expect(isLocalOss('https://oss-cn-hangzhou.aliyuncs.com')).toBe(false)
    expect(isLocalOss('nonsense')).toBe(false)
    expect(isLocalOss(undefined)).toBe(false)
  })
})
