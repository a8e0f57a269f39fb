import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { ALL_STATUS } from '../../../src/dev/openapi/errors.ts'
import { listExtraRoutes } from '../../../src/service/extra-routes.ts'
import { checkResponse, DOCUMENT } from '../../support/check-openapi.ts'
import { createServiceWithStubOss } from '../../support/service-with-stub-oss.ts'

type Operations = Record<
  string,
  { operationId: string; responses: Record<string, { description: string }> }
>
const paths = DOCUMENT.paths as unknown as Record<string, Operations>
const operations = Object.values(paths).flatMap((path) => Object.values(path))

/** Routes as the source writes them: the app is built inside the service. */
const APP_ROUTES = [
  ...readFileSync('src/service/app.ts', 'utf8').matchAll(
    /app\.(get|post)\((?:'([^']+)'|CLIENT_PATH)/g,
  ),
].map(([, method = '', path = '/{file}']) => `${method} ${path}`)
/** And those that a program may ask for. */
const EXTRA_ROUTES = listExtraRoutes({ findStored: () => undefined, objects: { profiles: [] } })
const ROUTES = [
  ...APP_ROUTES,
  ...EXTRA_ROUTES.map(({ method, path }) => `${method.toLowerCase()} ${path}`),
]

describe('the description of the service', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(DOCUMENT))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('has every route and no other: what is missing is added in src/dev/openapi/document.ts', () => {
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(ROUTES.length).toBeGreaterThan(12)
    expect(described.sort()).toEqual([...new Set(ROUTES)].sort())
  })

  it('lists every code of an error somewhere, under its status', () => {
    const listed = new Set(
      operations.flatMap(({ responses }) =>
        Object.entries(responses).flatMap(([status, { description }]) =>
          description.split(', ').map((code) => `${status} ${code}`),
        ),
      ),
    )
    const missing = Object.entries(ALL_STATUS)
      .map(([code, status]) => `${status} ${code}`)
      .filter((entry) => !listed.has(entry))
    expect(missing).toEqual([])
  })

  it('names each operation once', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('the check of responses', () => {
  const request = { method: 'POST', url: 'https://api.example.com/uploads' }
  const error = { code: 'TYPE_REFUSED', message: 'No.', requestId: 'r', retryable: false }

  it.each([
    ['another status', Response.json({ error }, { status: 418 })],
    ['a field too many', Response.json({ error: { ...error, stack: 'at …' } }, { status: 415 })],
    ['a field too few', Response.json({ error: { code: 'TYPE_REFUSED' } }, { status: 415 })],
    [
      'another type',
      new Response('<html></html>', { status: 415, headers: { 'content-type': 'text/html' } }),
    ],
    [
      'a ticket without a session',
      Response.json({ kind: 'form', id: 'i', key: 'k' }, { status: 201 }),
    ],
    [
      'a code of another route',
      Response.json({ error: { ...error, code: 'SEAL_INVALID' } }, { status: 400 }),
    ],
  ])('fails for %s', async (_, response) => {
    await expect(checkResponse(request, response)).rejects.toThrow(/src\/dev\/openapi/)
  })

  it('passes what the service responds', async () => {
    const setup = createServiceWithStubOss()
    const body = { profile: 'any', name: 'a.txt', type: 'text/plain', size: 5 }
    expect((await setup.post('/uploads', body)).status).toBe(201)
  })
})
