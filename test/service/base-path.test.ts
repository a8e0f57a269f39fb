import { describe, expect, it } from 'vitest'
import { createMemoryAssets } from '../../src/service/assets.ts'
import { createGetPath } from '../../src/service/base-path.ts'
import { createServiceWithStubOss } from '../support/service-with-stub-oss.ts'

const at = (path: string) => new Request(`https://api.example.com${path}`)

describe('the path under which the service is mounted', () => {
  it.each([
    ['/api', '/api/uploads', '/uploads'],
    ['/api', '/uploads', '/uploads'],
    ['/api', '/api/callbacks/oss?a=1', '/callbacks/oss'],
    ['/api', '/api/form.1a2b3c4d.mjs', '/form.1a2b3c4d.mjs'],
    ['/api', '/apiuploads', '/apiuploads'],
    ['/api', '/api', '/api'],
    ['/api', '/api/other', '/api/other'],
    ['/api/', '/api/uploads', '/uploads'],
    ['', '/uploads', '/uploads'],
    ['/uploads', '/uploads/uploads/parts', '/uploads/parts'],
    ['/uploads', '/uploads/parts', '/uploads/parts'],
    ['/uploads', '/uploads', '/uploads'],
    ['/up%20here', '/up%20here/uploads', '/uploads'],
    ['/%E4%B8%8A%E4%BC%A0', '/%e4%b8%8a%e4%bc%a0/healthz', '/healthz'],
    ['/%zz', '/%zz/healthz', '/healthz'],
    ['/api', '/api/readyz', '/readyz'],
    ['/api', '/api/objects', '/objects'],
    ['/api', '/api/objects/url?key=a', '/objects/url'],
  ])('%s: %s is %s', (basePath, path, inner) => {
    expect(createGetPath(basePath)(at(path))).toBe(inner)
  })

  it('comes from the public URL, and is found with and without it', async () => {
    const { service } = createServiceWithStubOss()
    for (const path of ['/up%20here/healthz', '/healthz']) {
      expect((await service.fetch(at(path))).status).toBe(200)
    }
    expect((await service.fetch(at('/elsewhere/healthz'))).status).toBe(404)
  })

  it('may be given where it is not that of the public URL', async () => {
    const { service } = createServiceWithStubOss({ basePath: '/inner' })
    expect((await service.fetch(at('/inner/healthz'))).status).toBe(200)
    expect((await service.fetch(at('/up%20here/healthz'))).status).toBe(404)
  })

  it('is taken away before a file of the client is looked for', async () => {
    const assets = createMemoryAssets({ '/client.js': new TextEncoder().encode('code') })
    const { service } = createServiceWithStubOss({ assets })
    const response = await service.fetch(at('/up%20here/client.js'))
    expect(await response.text()).toBe('code')
  })

  it('has no part in what the caller of fetch gets wrong', async () => {
    const { service } = createServiceWithStubOss()
    const incoming = { url: '/uploads', headers: {}, method: 'POST' }
    await expect(service.fetch(incoming as never)).rejects.toThrow(
      /takes a Request of the Fetch API.*createNodeHandler/,
    )
    await expect(service.fetch(undefined as never)).rejects.toThrow(TypeError)
  })
})
