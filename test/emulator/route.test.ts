import { describe, expect, it } from 'vitest'
import type { EmulatorRequest } from '../../src/emulator/http/message.ts'
import { findRoute } from '../../src/emulator/route.ts'
import { readBucketOptions } from '../../src/emulator/storage/bucket.ts'
import { createCatalog } from '../../src/emulator/storage/catalog.ts'
import { createMemoryStorage } from '../../src/emulator/storage/storage.ts'
import { BUCKET } from './emulator-with-client.ts'

const catalog = await createCatalog([readBucketOptions(BUCKET)], createMemoryStorage(), new Date(0))
const domains = new Map([['img.example', BUCKET]])

function route(method: string, target: string, host = '127.0.0.1') {
  const request: EmulatorRequest = {
    method,
    target,
    headers: { host },
    body: null,
    remoteAddress: '127.0.0.1',
    secure: false,
  }
  return findRoute(request, catalog, domains)
}

describe('the route of a request', () => {
  it('names bucket, key and operation', () => {
    expect(route('PUT', '/examplebucket/a%20b')).toMatchObject({
      kind: 'operation',
      names: { bucket: BUCKET, key: 'a b', operation: 'PutObject' },
      operation: 'PutObject',
      key: 'a b',
    })
    expect(route('GET', '/a?uploadId=1', 'img.example')).toMatchObject({ operation: 'ListParts' })
  })

  it('is a preflight or the public key without an operation', () => {
    const { kind, names } = route('OPTIONS', '/examplebucket/a')
    expect([kind, names.operation]).toEqual(['preflight', 'OptionObject'])
    expect(route('GET', '/-/callback_pub_key.pem').kind).toBe('public-key')
    expect(route('PUT', '/-/callback_pub_key.pem').kind).toBe('refused')
  })

  it.each([
    ['PUT', '/examplebucket/%ff', '', '', '', false],
    ['PUT', '/nosuchbucket/a', 'nosuchbucket', 'a', '', false],
    ['PATCH', '/examplebucket/a', BUCKET, 'a', '', true],
    ['PUT', '/examplebucket//a', BUCKET, '/a', 'PutObject', true],
  ] as const)(
    'that refuses %s %s tells what was known by then',
    (method, target, bucket, key, operation, found) => {
      const refused = route(method, target)
      expect(refused).toMatchObject({ kind: 'refused', names: { bucket, key, operation } })
      expect('bucket' in refused && refused.bucket !== undefined).toBe(found)
    },
  )
})
