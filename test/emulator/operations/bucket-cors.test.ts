/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketcors */
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  createEmulatorWithClient,
  HOST,
  readElement,
  readError,
} from '../emulator-with-client.ts'

const RULE =
  '<CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule>'

function setUp() {
  const fixture = createEmulatorWithClient()
  const put = (xml: string) => fixture.send({ method: 'PUT', query: { cors: '' } }, bytesOf(xml))
  const get = () => fixture.send({ method: 'GET', query: { cors: '' } })
  return { ...fixture, put, get }
}

describe('CORS rules of a bucket', () => {
  it('are put, got, used and deleted', async () => {
    const { put, get, send, emulator } = setUp()
    expect(await readError(await get())).toMatchObject({
      status: 404,
      code: 'NoSuchCORSConfiguration',
    })
    expect(
      (await put(`<CORSConfiguration>${RULE}<ResponseVary>true</ResponseVary></CORSConfiguration>`))
        .status,
    ).toBe(200)
    const xml = await (await get()).text()
    expect(xml).toContain(RULE)
    expect(readElement(xml, 'ResponseVary')).toBe('true')
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' }
    const preflight = () => emulator.fetch(new Request(`${HOST}/a`, { method: 'OPTIONS', headers }))
    expect((await preflight()).status).toBe(200)
    expect((await send({ method: 'HEAD', key: 'a' })).headers.get('vary')).toBe('Origin')
    expect((await send({ method: 'DELETE', query: { cors: '' } })).status).toBe(204)
    expect((await preflight()).status).toBe(403)
  })

  it('have their AllowedHeader in lower case, as OSS gives them back', async () => {
    const { put, get } = setUp()
    const headers =
      '<AllowedHeader>X-Oss-Meta-A</AllowedHeader><AllowedHeader>CONTENT-*</AllowedHeader>'
    await put(
      `<CORSConfiguration>${RULE.replace('<AllowedHeader>*</AllowedHeader>', headers)}</CORSConfiguration>`,
    )
    expect(await (await get()).text()).toContain(
      headers.toLowerCase().replaceAll('allowedheader', 'AllowedHeader'),
    )
  })

  it.each([
    ['no XML', 'x', 'MalformedXML'],
    ['no rules', '<CORSConfiguration/>', 'MalformedXML'],
    ['eleven rules', `<CORSConfiguration>${RULE.repeat(11)}</CORSConfiguration>`, 'MalformedXML'],
    [
      'a rule without origin',
      '<CORSConfiguration><CORSRule><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>',
      'MalformedXML',
    ],
    [
      'another method',
      `<CORSConfiguration>${RULE.replace('PUT', 'PATCH')}</CORSConfiguration>`,
      'InvalidArgument',
    ],
    [
      'two stars',
      `<CORSConfiguration>${RULE.replace('https://a.example', '*.*')}</CORSConfiguration>`,
      'InvalidArgument',
    ],
    [
      'a star to expose',
      `<CORSConfiguration>${RULE.replace('ETag', '*')}</CORSConfiguration>`,
      'InvalidArgument',
    ],
    [
      'an age that is no number',
      `<CORSConfiguration>${RULE.replace('>5<', '>x<')}</CORSConfiguration>`,
      'InvalidArgument',
    ],
    [
      'more than 16 KB',
      `<CORSConfiguration>${' '.repeat(16_384)}${RULE}</CORSConfiguration>`,
      'InvalidArgument',
    ],
  ])('with %s are refused', async (_, xml, code) => {
    const { put, get } = setUp()
    expect(await readError(await put(xml))).toMatchObject({ status: 400, code })
    expect((await get()).status).toBe(404)
  })
})
