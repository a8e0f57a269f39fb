import { describe, expect, it } from 'vitest'
import { createCredentialsUri } from '../../src/credentials/credentials-uri.ts'
import { START } from '../support/clock.ts'
import { codeOf } from '../support/samples.ts'

const GOOD = {
  Code: 'Success',
  AccessKeyId: 'STS.a',
  AccessKeySecret: 's',
  SecurityToken: 't',
  Expiration: '2026-11-22T09:00:00Z',
}
const uri = 'http://127.0.0.1:8080/credentials?key=PLANTED'

function ask(respond: () => Response) {
  const requests: Request[] = []
  const provide = createCredentialsUri({
    uri,
    fetch: async (input, init) => {
      requests.push(new Request(input, init))
      return respond()
    },
    now: () => START,
  })
  return { provide, requests }
}

describe('credentials from a URL', () => {
  it('are asked for by GET', async () => {
    const { provide, requests } = ask(() => Response.json(GOOD))
    expect(await provide()).toMatchObject({
      accessKeyId: 'STS.a',
      expiration: new Date(GOOD.Expiration),
    })
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${uri}`])
  })

  it('need no Code, as with the libraries of Alibaba Cloud', async () => {
    const { provide } = ask(() => Response.json({ ...GOOD, Code: undefined }))
    expect(await provide()).toMatchObject({ securityToken: 't' })
  })

  it.each<[string, () => Response, string]>([
    ['500', () => new Response(null, { status: 500 }), 'REFUSED'],
    ['a redirect', () => Response.redirect('http://169.254.169.254/'), 'REFUSED'],
    ['a failure', () => Response.json({ ...GOOD, Code: 'Failed' }), 'REFUSED'],
    ['a page', () => new Response('<html>'), 'RESPONSE'],
    ['no end', () => Response.json({ ...GOOD, Expiration: undefined }), 'RESPONSE'],
  ])('are none when it responds with %s', async (_, respond, code) => {
    const error = await ask(respond)
      .provide()
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toContain('PLANTED')
  })

  it.each([
    'http://credentials.example.com/',
    'https://u:p@a.example.com',
    'file:///etc/passwd',
    '',
  ])('are not asked for at %s', (wrong) => {
    expect(codeOf(() => createCredentialsUri({ uri: wrong }))).toBe('SETTING')
  })
})
