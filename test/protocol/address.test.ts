import { describe, expect, it } from 'vitest'
import { buildPlace } from '../../src/protocol/address.ts'

const base = { bucket: 'photos-1', key: 'a b/目.jpg', region: 'cn-hangzhou' }
const path = '/a%20b/%E7%9B%AE.jpg'

describe('buildPlace', () => {
  it.each([
    ['the region', {}, `https://photos-1.oss-cn-hangzhou.aliyuncs.com${path}`],
    ['an endpoint', { endpoint: 'http://oss.example:81' }, `http://photos-1.oss.example:81${path}`],
    [
      'an endpoint without scheme',
      { endpoint: 'oss.example' },
      `https://photos-1.oss.example${path}`,
    ],
    [
      'an IPv4 address',
      { endpoint: 'http://127.0.0.1:9000' },
      `http://127.0.0.1:9000/photos-1${path}`,
    ],
    ['an IPv6 address', { endpoint: 'http://[::1]:9000/' }, `http://[::1]:9000/photos-1${path}`],
    ['localhost', { endpoint: 'http://localhost:9000' }, `http://localhost:9000/photos-1${path}`],
    [
      'localhost with another addressing',
      { endpoint: 'http://localhost:9000', addressing: 'virtual' as const },
      `http://photos-1.localhost:9000${path}`,
    ],
    [
      'a custom domain',
      { endpoint: 'https://img.example.com', addressing: 'cname' as const },
      `https://img.example.com${path}`,
    ],
    [
      'path style at the region',
      { addressing: 'path' as const },
      `https://oss-cn-hangzhou.aliyuncs.com/photos-1${path}`,
    ],
  ])('%s', (_, more, url) => {
    const place = buildPlace({ ...base, ...more })
    expect(place.url).toBe(url)
    expect(place.host).toBe(new URL(url).host)
    expect(place.canonicalUri).toBe(`/photos-1${path}`)
  })

  it('builds the address of the bucket when there is no key', () => {
    expect(buildPlace({ bucket: 'b-1', region: 'us-west-1' }).url).toBe(
      'https://b-1.oss-us-west-1.aliyuncs.com/',
    )
  })

  it.each([
    { bucket: 'a.b' },
    { bucket: 'evil.example/' },
    { bucket: 'UPPER' },
    { bucket: '-ab' },
    { bucket: 'ab' },
    { region: 'oss-cn-hangzhou' },
    { region: 'cn-hangzhou.evil.example/' },
    { region: '' },
    { endpoint: 'ftp://a.example' },
    { endpoint: 'https://a.example/path' },
    { endpoint: 'https://a.example?x' },
    { endpoint: 'https://user:secret@a.example' },
    { endpoint: 'not a host' },
  ])('refuses %j', (wrong) => {
    expect(() => buildPlace({ ...base, ...wrong })).toThrow(
      expect.objectContaining({ code: 'REQUEST' }),
    )
  })

  it.each(['', '/a', '\\a', 'x'.repeat(1024), '目'.repeat(342)])('refuses the key %s', (key) => {
    expect(() => buildPlace({ ...base, key })).toThrow(
      expect.objectContaining({ code: 'OBJECT_KEY' }),
    )
  })
})
