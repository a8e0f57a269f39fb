import { describe, expect, it } from 'vitest'
import { createMemoryAssets } from '../../src/service/assets.ts'
import { createService, type ServiceOptions } from '../../src/service/create-service.ts'
import { checkRequest, createExplainMissing } from '../../src/service/embedding.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

function create(options: Partial<ServiceOptions>) {
  return createService({ ...createSettings(), writeLog: () => {}, ...options })
}

async function readError(service: ReturnType<typeof create>, path: string, method = 'GET') {
  const response = await service.fetch(new Request(`https://api.example.com${path}`, { method }))
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return { status: response.status, ...error }
}

describe('a service under a path that its settings do not name', () => {
  it.each([
    ['POST', '/files/uploads'],
    ['POST', '/uploads'],
    ['POST', '/files/uploads/parts'],
    ['POST', '/api/files/v2/callbacks/oss'],
    ['GET', '/files/healthz'],
  ])('says so of %s %s', async (method, path) => {
    const service = create({ publicUrl: 'https://api.example.com/api/files' })
    const isMounted = path === '/uploads'
    const error = await readError(service, path, method)
    // The mounted part may have been taken away, as Express does.
    if (isMounted) expect(error.code).not.toBe('MOUNT_PATH')
    else expect(error).toMatchObject({ status: 404, code: 'MOUNT_PATH' })
  })

  it('names the path of the settings, and never the one of the request', async () => {
    const service = create({ publicUrl: 'https://api.example.com/api/files' })
    const { message } = await readError(service, '/PLANTED/uploads', 'POST')
    expect(message).toContain(' /api/files, ')
    expect(message).toMatch(/publicUrl .* basePath/)
    expect(message).not.toContain('PLANTED')
  })

  it('says so of a path although the settings have none', async () => {
    const service = create({ publicUrl: 'https://api.example.com' })
    const error = await readError(service, '/api/files/uploads', 'POST')
    expect(error).toMatchObject({ status: 404, code: 'MOUNT_PATH' })
    expect(error.message).toContain('the root of the site')
  })

  it('goes by basePath, where it differs from publicUrl', async () => {
    const publicUrl = 'https://api.example.com/outside'
    const service = create({ publicUrl, basePath: '/inside' })
    expect((await readError(service, '/outside/uploads', 'POST')).code).toBe('MOUNT_PATH')
    expect((await readError(service, '/inside/uploads', 'POST')).code).not.toBe('MOUNT_PATH')
  })

  it.each(['/', '/api/files', '/api/files/', '/api/files/photos', '/wp-login.php', '/%E0%A4%A/x'])(
    'is not meant by a stray request of %s',
    async (path) => {
      const service = create({ publicUrl: 'https://api.example.com/api/files' })
      expect(await readError(service, path)).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    },
  )

  it('takes no time for a long path', () => {
    const path = `${'/uploads'.repeat(100_000)}x`
    const start = performance.now()
    expect(createExplainMissing('/api')(path)).toBeUndefined()
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('a service without the files of the browser client', () => {
  it.each(['/client.js', '/client.mjs', '/element.mjs', '/client.00000000.js', '/openapi.json'])(
    'says of %s how to give them',
    async (path) => {
      const error = await readError(create({}), path)
      expect(error).toMatchObject({ status: 404, code: 'CLIENT_FILES_MISSING' })
      expect(error.message).toMatch(/assets: readClientFiles\(\).*oss-upcall\/client/)
    },
  )

  it('is not meant when only this file is missing', async () => {
    const assets = createMemoryAssets({ '/client.js': new Uint8Array(1) })
    const error = await readError(create({ assets }), '/other.js')
    expect(error).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })
})

describe('checkRequest', () => {
  it.each([
    ['a request of Node', { url: '/uploads', headers: { host: 'a' } }],
    ['a context of Hono or Koa', { req: { url: '/' } }],
    ['a text', 'https://api.example.com/uploads'],
    ['nothing', undefined],
  ])('refuses %s by a code', (_, value) => {
    const call = () => checkRequest(value as never)
    expect(call).toThrow(TypeError)
    expect(call).toThrow(expect.objectContaining({ code: 'REQUEST_KIND' }))
  })

  it('takes a Request', () => {
    expect(() => checkRequest(new Request('https://api.example.com/'))).not.toThrow()
  })
})
