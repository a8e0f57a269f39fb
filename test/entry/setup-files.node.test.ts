import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../src/emulator/app.ts'
import {
  buildCorsJson,
  buildCorsXml,
  buildEnvFile,
  buildRamPolicy,
} from '../../src/entry/setup-files.ts'
import { signRequest } from '../../src/protocol/index.ts'
import { ACCESS_KEY } from '../support/keys.ts'

const ORIGINS = ['https://www.example.com', 'https://*.example.com']

describe('the CORS rule', () => {
  it('is taken by the local OSS, which then admits the page', async () => {
    const emulator = createEmulator({
      accessKeys: [ACCESS_KEY],
      buckets: [{ name: 'examplebucket', region: 'cn-hangzhou', cors: [] }],
    })
    const body = buildCorsXml(ORIGINS)
    const endpoint = 'https://oss-cn-hangzhou.aliyuncs.com'
    const { method, url, headers } = signRequest(
      {
        method: 'PUT',
        bucket: 'examplebucket',
        region: 'cn-hangzhou',
        endpoint,
        query: { cors: '' },
        headers: { 'content-type': 'application/xml' },
      },
      { credentials: ACCESS_KEY, now: new Date() },
    )
    expect((await emulator.fetch(new Request(url, { method, headers, body }))).status).toBe(200)
    const preflight = new Request('https://examplebucket.oss-cn-hangzhou.aliyuncs.com/k', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://www.example.com',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type,x-oss-forbid-overwrite',
      },
    })
    const response = await emulator.fetch(preflight)
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://www.example.com')
    await emulator.close()
  })

  it('says the same in JSON', () => {
    const [rule] = JSON.parse(buildCorsJson(ORIGINS)).CORSRule
    const xml = buildCorsXml(ORIGINS)
    for (const [name, values] of Object.entries<unknown>(rule)) {
      for (const value of [values].flat()) expect(xml).toContain(`<${name}>${value}</${name}>`)
    }
  })
})

describe('the policy', () => {
  it('allows what the service does, for the prefix of its profile', () => {
    const profile = { key: 'files/{sub}/{id}.{ext}', types: ['image/*'], maxSize: 1 }
    const { Statement } = JSON.parse(buildRamPolicy('my-bucket', { files: profile }))
    expect(Statement[0]).toMatchObject({
      Effect: 'Allow',
      Resource: ['acs:oss:*:*:my-bucket/files/*'],
    })
    expect(JSON.stringify(Statement)).not.toMatch(/Delete|Acl|"\*"/)
  })
})

describe('the file of variables', () => {
  it('is read back as it was, whatever a value holds', () => {
    const value = fc
      .string({ unit: 'grapheme-ascii' })
      .map((text) => text.replaceAll("'", '').trim())
    fc.assert(
      fc.property(
        fc.oneof(
          value,
          fc.json().map((text) => text.replaceAll("'", '')),
        ),
        (text) => {
          expect(parseEnv(buildEnvFile('Title', { NAME: text }))).toEqual({ NAME: text })
        },
      ),
    )
  })

  it('has no quotes where none are needed: docker would keep them', () => {
    const profiles = '{"files":{"key":"files/{sub}/{id}.{ext}"}}'
    expect(buildEnvFile('Title', { A: profiles, B: 'x+/=' })).toBe(
      `# Title\nA=${profiles}\nB=x+/=\n`,
    )
  })
})
