/** What users may read of what they have uploaded: through the service and the local OSS, in memory. */
import { describe, expect, it } from 'vitest'
import { presign } from '../../src/protocol/presign.ts'
import type { ServiceOptions } from '../../src/service/create-service.ts'
import { buildOwnPrefix, type ObjectSettings } from '../../src/service/own-objects.ts'
import { readProfiles } from '../../src/service/profiles.ts'
import type { FormTicket, OwnObjectPage, OwnObjectUrl } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'
import { createSettings, readProblem } from '../support/service-with-stub-oss.ts'

const BYTES = new TextEncoder().encode('GIF89a of a cat')
const IMAGES = { types: ['image/*'], maxSize: 1000 }

function createReadable(
  objects: Partial<ObjectSettings> = {},
  settings: Partial<ServiceOptions> = {},
) {
  const asked: URL[] = []
  const setup = createServiceWithEmulator({
    objects: { profiles: ['avatar', 'tight', 'scoped', 'any'], ...objects },
    profiles: {
      ...createSettings().profiles,
      tight: { ...IMAGES, key: 'tight/{sub}{id}' },
      other: { ...IMAGES, key: 'avatars/{sub}/other/{id}' },
      scoped: { ...IMAGES, key: 'scoped/{sub}/{id}', requireScope: 'files:read' },
    },
    fetch: (input, init) => {
      const request = new Request(input, init)
      asked.push(new URL(request.url))
      return setup.oss.fetch(request)
    },
    ...settings,
  })
  return {
    ...setup,
    /** What the service asked OSS for. */
    asked,
    /** @returns its key */
    async store(profile = 'avatar', subject = 'user-42', name = '猫 1.gif'): Promise<string> {
      const request = { profile, name, type: 'image/gif', size: BYTES.length }
      const response = await setup.ask('/uploads', request, subject)
      const ticket = (await response.json()) as FormTicket
      expect((await setup.oss.fetch(buildForm(ticket, BYTES))).status).toBe(200)
      return ticket.key
    },
    async get(
      path: string,
      query: Record<string, string> = {},
      { subject = 'user-42', ...init }: RequestInit & { subject?: string } = {},
    ): Promise<Response> {
      const token = await createBearer({ now: setup.clock.now(), subject })
      const headers = { authorization: `Bearer ${token}`, ...init.headers }
      const url = `https://api.example.com${path}?${new URLSearchParams(query)}`
      return setup.service.fetch(new Request(url, { ...init, headers }))
    },
  }
}

describe('GET /objects/url', () => {
  it('gives a URL that reads the object, and what it is', async () => {
    const { store, get, oss } = createReadable()
    const key = await store()
    const response = await get('/objects/url', { key })
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { url, ...facts } = (await response.json()) as OwnObjectUrl
    expect(facts).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      key,
      name: '猫 1.gif',
      type: 'image/gif',
      size: BYTES.length,
      crc64: expect.stringMatching(/^\d+$/),
      expiresAt: '2026-11-22T08:05:00.000Z',
    })
    const read = await oss.fetch(new Request(url))
    expect(new Uint8Array(await read.arrayBuffer())).toEqual(BYTES)
    expect(read.headers.get('content-disposition')).toBe(null)
  })

  it.each([
    ['', `attachment; filename="_ 1.gif"; filename*=UTF-8''%E7%8C%AB%201.gif`],
    ['合同.gif', `attachment; filename="__.gif"; filename*=UTF-8''%E5%90%88%E5%90%8C.gif`],
    ['a"; x="b', 'attachment; filename="a_; x=_b"'],
  ])('lets browsers save it as %j says', async (download, expected) => {
    const { store, get, oss } = createReadable()
    const { url } = (await (
      await get('/objects/url', { key: await store(), download })
    ).json()) as OwnObjectUrl
    const read = await oss.fetch(new Request(url))
    expect([read.status, read.headers.get('content-disposition')]).toEqual([200, expected])
  })

  it('redirects for addresses in <img>', async () => {
    const { store, get, oss } = createReadable()
    const response = await get('/objects/url', { key: await store(), redirect: '' })
    expect([response.status, response.headers.get('cache-control')]).toEqual([302, 'no-store'])
    const read = await oss.fetch(new Request(response.headers.get('location') ?? ''))
    expect(await read.text()).toBe('GIF89a of a cat')
  })

  it('lasts as long as the settings say', async () => {
    const { store, get, oss, clock } = createReadable({ urlSeconds: 60 })
    const { url } = (await (
      await get('/objects/url', { key: await store() })
    ).json()) as OwnObjectUrl
    clock.advance(59)
    expect((await oss.fetch(new Request(url))).status).toBe(200)
    clock.advance(2)
    expect((await oss.fetch(new Request(url))).status).toBe(403)
  })

  it('has the styles of the program and no other process', async () => {
    const { store, get } = createReadable({ styles: { thumb: 'image/resize,w_400/format,webp' } })
    const key = await store()
    const read = async (query: Record<string, string>) => {
      const response = await get('/objects/url', { key, ...query })
      if (response.status !== 200) return readProblem(response)
      const { url } = (await response.json()) as OwnObjectUrl
      return new URL(url).searchParams.get('x-oss-process')
    }
    expect(await read({ style: 'thumb' })).toBe('image/resize,w_400/format,webp')
    expect(await read({ style: 'image/resize,w_1|sys/saveas,o_eA' })).toBe('404 NOT_FOUND')
    expect(await read({ style: 'constructor' })).toBe('404 NOT_FOUND')
    expect(await read({ process: 'image/resize,w_1' })).toBe(null)
  })

  it('says the same of what is another’s, of what is not there, and of what it may not show', async () => {
    const { store, get, oss, clock } = createReadable()
    const foreign = await store('avatar', 'user-43')
    const closed = await store('other')
    const { url } = presign(
      {
        method: 'PUT',
        bucket: 'examplebucket',
        key: 'avatars/user-42/by-another-way.gif',
        region: 'cn-hangzhou',
      },
      { credentials: ACCESS_KEY, now: clock.now(), expiresInSeconds: 60 },
    )
    expect((await oss.fetch(new Request(url, { method: 'PUT', body: BYTES }))).status).toBe(200)
    const bodies = new Set<string>()
    for (const key of [
      foreign,
      closed,
      'avatars/user-42/by-another-way.gif',
      'avatars/user-42/nothing.gif',
      '',
    ]) {
      const response = await get('/objects/url', { key })
      expect(response.status, key).toBe(404)
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      bodies.add(`${error.code} ${error.message}`)
    }
    expect([...bodies]).toEqual(['OBJECT_MISSING You have no object of this key that can be read.'])
    expect((await get('/objects/url', { key: foreign }, { subject: 'user-43' })).status).toBe(200)
  })

  it('refuses a key that OSS cannot have', async () => {
    const { get } = createReadable()
    for (const key of ['/etc/passwd', 'a'.repeat(1100)]) {
      expect(await readProblem(await get('/objects/url', { key }))).toBe('400 OBJECT_KEY')
    }
  })
})

describe('GET /objects', () => {
  it('lists what this user has stored under this profile, in pages', async () => {
    const { store, get } = createReadable()
    const own = [await store(), await store(), await store()].sort()
    await store('avatar', 'user-43')
    await store('other')
    const read = async (query: Record<string, string>) => {
      const response = await get('/objects', { profile: 'avatar', ...query })
      expect(response.status).toBe(200)
      return (await response.json()) as OwnObjectPage
    }
    const { objects, next } = await read({})
    expect(objects.map(({ key }) => key)).toEqual(own)
    expect(objects[0]).toMatchObject({ name: '猫 1.gif', type: 'image/gif', size: BYTES.length })
    expect(next).toBeUndefined()

    const first = await read({ limit: '2' })
    const second = await read({ limit: '2', after: first.next ?? '' })
    const keys = [...first.objects, ...second.objects].map(({ key }) => key)
    expect(keys).toEqual(own)
  })

  it.each([
    ['0', 20],
    ['-1', 1],
    ['1000', 20],
    ['2.7', 2],
    ['many', 20],
  ])('takes the limit %s for %i', async (limit, expected) => {
    const { get, asked } = createReadable()
    expect((await get('/objects', { profile: 'avatar', limit })).status).toBe(200)
    expect(asked.map((url) => url.searchParams.get('max-keys'))).toEqual([String(expected)])
  })

  it('never lists another user whose name begins alike', async () => {
    const { store, get } = createReadable()
    const own = await store('tight', 'a')
    await store('tight', 'ab')
    const page = await get('/objects', { profile: 'tight' }, { subject: 'a' })
    expect(((await page.json()) as OwnObjectPage).objects.map(({ key }) => key)).toEqual([own])
  })

  it('refuses profiles that are not named, are unknown, or cannot be listed', async () => {
    const { get } = createReadable()
    const read = async (profile: string) => readProblem(await get('/objects', { profile }))
    expect(await read('other')).toBe('400 PROFILE_UNKNOWN')
    expect(await read('nothing')).toBe('400 PROFILE_UNKNOWN')
    expect(await read('')).toBe('400 PROFILE_UNKNOWN')
    expect(await read('scoped')).toBe('403 SCOPE_MISSING')
    // any/{yyyy}/…: the keys do not begin with the user.
    expect(await read('any')).toBe('404 NOT_FOUND')
  })

  it('counts each object against the limit of the user', async () => {
    const { store, get } = createReadable({}, { rateLimits: { subjectPerMinute: 8 } })
    await store()
    await store()
    await store()
    expect((await get('/objects', { profile: 'avatar' })).status).toBe(200)
    expect(await readProblem(await get('/objects', { profile: 'avatar' }))).toBe('429 RATE_LIMITED')
  })
})

describe('the routes', () => {
  it('do not exist without the settings, and ask for a token', async () => {
    const without = createServiceWithEmulator()
    const { service } = createReadable()
    for (const path of ['/objects', '/objects/url']) {
      const request = () => new Request(`https://api.example.com${path}?key=a&profile=avatar`)
      expect(await readProblem(await without.service.fetch(request()))).toBe('404 NOT_FOUND')
      expect(await readProblem(await service.fetch(request()))).toBe('401 TOKEN_MISSING')
    }
  })

  it('take GET alone, and can be called by pages of the allowed origins', async () => {
    const origin = 'https://www.example.com'
    const { get, service } = createReadable({}, { allowedOrigins: [origin] })
    const refused = await get('/objects', {}, { method: 'POST' })
    expect([await readProblem(refused), refused.headers.get('allow')]).toEqual([
      '405 METHOD_NOT_ALLOWED',
      'GET, HEAD',
    ])
    const headers = { origin, 'access-control-request-method': 'GET' }
    const url = 'https://api.example.com/objects/url'
    const preflight = await service.fetch(new Request(url, { method: 'OPTIONS', headers }))
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      origin,
    ])
    const response = await get('/objects', { profile: 'avatar' }, { headers: { origin } })
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it.each<[Partial<ObjectSettings>, string]>([
    [{ profiles: ['nothing'] }, 'objects.profiles names "nothing"'],
    [{ urlSeconds: 0 }, 'objects.urlSeconds'],
    [{ urlSeconds: 43_201 }, 'objects.urlSeconds'],
    [{ styles: { 'a b': 'image/resize,w_1' } }, 'objects.styles: "a b"'],
    [{ styles: { save: 'image/resize,w_1|sys/saveas,o_eA' } }, 'objects.styles: "save"'],
    [{ styles: { film: 'video/snapshot,t_1' } }, 'objects.styles: "film"'],
  ])('with the settings %o are refused when the service is created', (objects, words) => {
    expect(() => createReadable(objects)).toThrow(words)
  })
})

it.each([
  ['a/{sub}/{id}.{ext}', 'a/u~40x/'],
  ['{profile}/{sub}.{ext}', 'p/u~40x'],
  ['{claim.tenant}/{sub}/{yyyy}/{id}', 't~2f1/u~40x/'],
  ['a/{sub}', 'a/u~40x'],
  ['a/{id}/{sub}', undefined],
  ['{claim.tenant}/{id}', undefined],
])('the keys of %s begin with %s', (key, expected) => {
  const profile = readProfiles({ p: { ...IMAGES, key } }).profiles.get('p')
  if (!profile) throw new Error('There is no profile.')
  const build = () => buildOwnPrefix(profile, { subject: 'u@x', claims: { tenant: 't/1' } })
  if (expected === undefined) expect(build).toThrow('cannot be listed')
  else expect(build()).toBe(expected)
})
