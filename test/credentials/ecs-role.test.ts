import { describe, expect, it } from 'vitest'
import { createEcsRole } from '../../src/credentials/ecs-role.ts'
import { START } from '../support/clock.ts'
import { codeOf } from '../support/samples.ts'

const ROLES = '/latest/meta-data/ram/security-credentials/'
const GOOD = {
  Code: 'Success',
  AccessKeyId: 'STS.a',
  AccessKeySecret: 's',
  SecurityToken: 't',
  Expiration: '2026-11-22T14:00:00Z',
  LastUpdated: '2026-11-22T08:00:00Z',
}

/** A metadata server in security-hardened mode. */
function createMetadata(changes: Record<string, () => Response> = {}) {
  const calls: string[] = []
  const tokens = new Set<string>()
  const respond: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const { origin, pathname } = new URL(request.url)
    expect(origin).toBe('http://100.100.100.200')
    calls.push(`${request.method} ${pathname}`)
    const change = changes[pathname]
    if (change) return change()
    if (request.method === 'PUT' && pathname === '/latest/api/token') {
      const seconds = Number(request.headers.get('x-aliyun-ecs-metadata-token-ttl-seconds'))
      if (!(seconds >= 1 && seconds <= 21_600)) return new Response(null, { status: 400 })
      tokens.add(`token-${tokens.size}`)
      return new Response(`token-${tokens.size - 1}`)
    }
    if (!tokens.has(request.headers.get('x-aliyun-ecs-metadata-token') ?? '')) {
      return new Response(null, { status: 403 })
    }
    if (pathname === ROLES) return new Response('uploader\n')
    if (pathname === `${ROLES}uploader`) return Response.json(GOOD)
    return new Response(null, { status: 404 })
  }
  return { calls, fetch: respond, now: () => START }
}

describe('the role of an ECS instance', () => {
  it('is read with a token of the metadata server, its name found there', async () => {
    const metadata = createMetadata()
    expect(await createEcsRole(metadata)()).toEqual({
      accessKeyId: 'STS.a',
      accessKeySecret: 's',
      securityToken: 't',
      expiration: new Date(GOOD.Expiration),
    })
    expect(metadata.calls).toEqual([
      'PUT /latest/api/token',
      `GET ${ROLES}`,
      `GET ${ROLES}uploader`,
    ])
  })

  it('is not looked for when its name is given', async () => {
    const metadata = createMetadata()
    await createEcsRole({ ...metadata, roleName: 'uploader' })()
    expect(metadata.calls).toEqual(['PUT /latest/api/token', `GET ${ROLES}uploader`])
  })

  it('is not read without a token: the old mode would hand it to whoever makes this server ask', async () => {
    const metadata = createMetadata({
      '/latest/api/token': () => new Response(null, { status: 404 }),
    })
    await expect(createEcsRole(metadata)()).rejects.toMatchObject({ code: 'REFUSED' })
    expect(metadata.calls).toHaveLength(1)
  })

  it.each<[string, string, () => Response, string]>([
    ['no role', ROLES, () => new Response(''), 'RESPONSE'],
    ['a page', ROLES, () => new Response('<html>../x</html>'), 'RESPONSE'],
    ['404', `${ROLES}uploader`, () => new Response(null, { status: 404 }), 'REFUSED'],
    ['a failure', `${ROLES}uploader`, () => Response.json({ ...GOOD, Code: 'Failed' }), 'REFUSED'],
    ['no secret', `${ROLES}uploader`, () => Response.json({ Code: 'Success' }), 'RESPONSE'],
    ['no JSON', `${ROLES}uploader`, () => new Response('PLANTED'), 'RESPONSE'],
  ])('fails when the server has %s', async (_, path, response, code) => {
    const metadata = createMetadata({ [path]: response })
    await expect(createEcsRole(metadata)()).rejects.toMatchObject({ code })
  })

  it('must have a name that is one', () => {
    expect(codeOf(() => createEcsRole({ roleName: '../../user-data' }))).toBe('SETTING')
  })
})
