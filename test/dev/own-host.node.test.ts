import { describe, expect, it } from 'vitest'
import {
  guardEmulator,
  isOwnHost,
  readAllowedHosts,
  refuseForeignHost,
} from '../../src/dev/own-host.ts'
import { createEmulator } from '../../src/emulator/index.ts'

describe('the host of a request to the dev server', () => {
  it.each([
    'localhost',
    'localhost:8787',
    'LOCALHOST:8787',
    'localhost.:8787',
    'examplebucket.localhost:9000',
    '127.0.0.1:8787',
    '127.0.0.2',
    '[::1]:8787',
    '[::1]',
  ])('is its own: %s', (host) => {
    expect(isOwnHost(host)).toBe(true)
  })

  it.each([
    '',
    'evil.example.com',
    'evil.example.com:8787',
    'localhost.evil.example.com',
    'evil-localhost',
    '127.0.0.1.evil.example.com',
    '127.0.0.1.nip.io:8787',
    '0.0.0.0:8787',
    '192.168.1.7:8787',
    '[::]:8787',
    '[::ffff:10.0.0.1]',
    'localhost@evil.example.com',
    'localhost:8787:9000',
    'localhost/evil',
    'localhost evil',
    undefined,
    null,
  ])('is foreign: %s', (host) => {
    expect(isOwnHost(host)).toBe(false)
  })

  it('may be a name that was allowed, and no part of it', () => {
    const allowed = readAllowedHosts(' Demo.Example.com, ,other.test ')
    expect(allowed).toEqual(['demo.example.com', 'other.test'])
    expect(isOwnHost('demo.example.com:8787', allowed)).toBe(true)
    expect(isOwnHost('example.com', allowed)).toBe(false)
    expect(isOwnHost('', allowed)).toBe(false)
  })

  it('that is foreign gets 421, with what to do', async () => {
    const request = (host: string) =>
      new Request('http://127.0.0.1:8787/demo/token', { headers: { host } })
    expect(refuseForeignHost(request('localhost:8787'), [])).toBeUndefined()
    const response = refuseForeignHost(request('evil.example.com'), [])
    expect(response?.status).toBe(421)
    expect(await response?.text()).toContain('UPCALL_DEV_HOSTS')
  })

  it('counts in the request target, too', () => {
    const headers = { host: 'localhost:8787' }
    const request = new Request('http://evil.example.com/demo/token', { headers })
    expect(refuseForeignHost(request, [])?.status).toBe(421)
  })
})

describe('the local OSS of the dev server', () => {
  const emulator = createEmulator({ buckets: ['examplebucket'] })
  const ask = async (headers: Record<string, string>, target = '/examplebucket/', allowed = '') => {
    const { handle } = guardEmulator(emulator, readAllowedHosts(allowed))
    const request = { method: 'GET', target, headers, body: null }
    return (await handle({ ...request, remoteAddress: '127.0.0.1', secure: false })).status
  }

  it('responds to its own names, and to those allowed', async () => {
    expect(await ask({ host: '127.0.0.1:9000' })).toBe(403)
    expect(await ask({ host: 'examplebucket.localhost:9000' }, '/')).toBe(403)
    expect(await ask({ host: 'examplebucket.oss.test:9000' }, '/')).toBe(421)
    expect(await ask({ host: 'examplebucket.oss.test' }, '/', 'examplebucket.oss.test')).toBe(403)
  })

  it('refuses a foreign name, in the header and in the request target', async () => {
    expect(await ask({ host: 'evil.example.com:9000' })).toBe(421)
    expect(await ask({ host: 'localhost' }, 'http://evil.example.com/examplebucket/')).toBe(421)
    expect(await ask({ host: 'evil.example.com' }, 'http://localhost/examplebucket/')).toBe(421)
  })

  it('leaves a request without a host to OSS’s own error', async () => {
    expect(await ask({})).toBe(400)
  })
})
