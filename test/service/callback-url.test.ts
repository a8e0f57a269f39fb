import { describe, expect, it } from 'vitest'
import {
  buildCallbackUrl,
  findBasePathIssues,
  findPublicUrlIssues,
  readBasePath,
} from '../../src/service/callback-url.ts'

describe('the address of callbacks', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/callbacks/oss'],
    ['https://api.example.com/', 'https://api.example.com/callbacks/oss'],
    ['https://API.example.com/up here/', 'https://api.example.com/up%20here/callbacks/oss'],
  ])('of the callback under %s', (publicUrl, url) => {
    expect(buildCallbackUrl(publicUrl)).toBe(url)
  })

  it.each([
    [{ publicUrl: 'https://api.example.com' }, ''],
    [{ publicUrl: 'https://api.example.com/' }, ''],
    [{ publicUrl: 'https://api.example.com/api/files/' }, '/api/files'],
    [{ publicUrl: 'https://api.example.com/outside', basePath: '/inside' }, '/inside'],
    [{ publicUrl: 'https://api.example.com/outside', basePath: '' }, ''],
  ])('of requests, by the settings %j', (settings, path) => {
    expect(readBasePath(settings)).toBe(path)
  })

  it('must be one that OSS can reach', () => {
    expect([...findPublicUrlIssues({ publicUrl: 'https://api.example.com/up' })]).toEqual([])
    expect([...findPublicUrlIssues({ publicUrl: 'https://10.0.0.1' })]).toEqual([
      ['publicUrl', expect.stringContaining('cannot reach')],
    ])
    const local = { publicUrl: 'https://10.0.0.1', endpoint: 'http://127.0.0.1:9000' }
    expect([...findPublicUrlIssues(local)]).toEqual([])
  })

  it.each(['/api', '/api/files', '/up%20here', ''])('may be under %j', (basePath) => {
    expect([...findBasePathIssues({ publicUrl: '', basePath })]).toEqual([])
  })

  it.each(['api', '/api/', '/', '/a?b', '/a b', '//a'])('may not be under %j', (basePath) => {
    expect([...findBasePathIssues({ publicUrl: '', basePath })]).toHaveLength(1)
  })
})
