import { describe, expect, it } from 'vitest'
import { createMemoryAssets } from '../../src/service/assets.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const text = (word: string) => new TextEncoder().encode(word)
const assets = createMemoryAssets({
  '/client.js': text('one'),
  '/client.0a1b2c3d.js': text('two'),
  '/client.mjs': text('three'),
  '/checksum.0a1b2c3d.mjs': text('four'),
})
const setup = createServiceWithStubOss({ assets })
const get = (path: string, init: RequestInit = {}) =>
  setup.service.fetch(new Request(`https://api.example.com${path}`, init))

describe('the browser client', () => {
  it.each([
    ['/client.js', 'one', 'public, max-age=3600'],
    ['/client.mjs', 'three', 'public, max-age=3600'],
    ['/client.0a1b2c3d.js', 'two', 'public, max-age=31536000, immutable'],
    ['/checksum.0a1b2c3d.mjs', 'four', 'public, max-age=31536000, immutable'],
  ])('is served as %s to every origin', async (path, body, caching) => {
    const response = await get(path)
    expect(await response.text()).toBe(body)
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe(caching)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is not sent again to who has it', async () => {
    const etag = (await get('/client.js')).headers.get('etag') ?? ''
    const again = await get('/client.js', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(again.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(await again.text()).toBe('')
    expect((await get('/client.mjs', { headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  it('responds to HEAD without a body', async () => {
    const response = await get('/client.js', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  it.each([
    '/client.ffffffff.js',
    '/form.mjs',
    '/client.0A1B2C3D.js',
    '/client.js.map',
    '/_headers',
  ])('has no %s', async (path) => {
    expect(await readProblem(await get(path))).toBe('404 NOT_FOUND')
  })

  it('is missing with a hint where it was never built', async () => {
    const bare = createServiceWithStubOss()
    const response = await bare.service.fetch(new Request('https://api.example.com/client.js'))
    expect(await readProblem(response)).toBe('404 CLIENT_FILES_MISSING')
  })
})
