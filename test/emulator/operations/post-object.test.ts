import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../../src/emulator/options.ts'
import { toBase64 } from '../../../src/protocol/bytes.ts'
import { md5 } from '../../../src/protocol/crypto.ts'
import {
  encodeCallback,
  type PolicyCondition,
  signPostPolicy,
} from '../../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  KEY,
  NOW,
  REGION,
  readElement,
  readError,
} from '../emulator-with-client.ts'

type Fields = Record<string, string>
interface Part {
  name?: string
  filename?: string
  type?: string
  content?: string | Uint8Array
}

/** Fields in the given order, then the file. Not by FormData, so that tests can build wrong forms too. */
function buildForm(
  fields: Fields | [string, string][],
  file: Part | undefined,
  after: Part[] = [],
) {
  const chunks: (string | Uint8Array)[] = []
  const add = ({ name = 'file', filename, type, content = 'hello' }: Part) => {
    const names = `name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`
    const typeLine = type === undefined ? '' : `Content-Type: ${type}\r\n`
    chunks.push(
      `--B\r\nContent-Disposition: form-data; ${names}\r\n${typeLine}\r\n`,
      content,
      '\r\n',
    )
  }
  for (const [name, content] of Array.isArray(fields) ? fields : Object.entries(fields))
    add({ name, content })
  if (file) add({ filename: 'a.txt', ...file })
  for (const part of after) add(part)
  return new Blob([...chunks, '--B--\r\n'] as BlobPart[])
}

function sign(fields: Fields, conditions: PolicyCondition[] = []): Fields {
  return signPostPolicy(
    { bucket: BUCKET, region: REGION, conditions, fields },
    { credentials: KEY, now: NOW, expiresInSeconds: 600 },
  ).fields
}

function setUp(options: Partial<EmulatorOptions> = {}) {
  const fixture = createEmulatorWithClient(options)
  const post = async (body: Blob, headers: Fields = {}) =>
    fixture.emulator.fetch(
      new Request(`${HOST}/`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=B', ...headers },
        body: await body.arrayBuffer(),
      }),
    )
  const isStored = async (key: string) =>
    (await fixture.send({ method: 'HEAD', key })).status === 200
  return { ...fixture, post, isStored }
}

describe('a form upload', () => {
  it.each([
    [undefined, 204],
    ['200', 200],
    ['201', 201],
    ['204', 204],
    ['302', 204],
  ])('with success_action_status %s answers %i', async (status, wanted) => {
    const { post } = setUp()
    const fields = sign({ key: 'a', ...(status && { success_action_status: status }) })
    const response = await post(buildForm(fields, {}))
    expect(response.status).toBe(wanted)
    const text = await response.text()
    expect(text === '').toBe(wanted !== 201)
    if (wanted === 201) expect(readElement(text, 'Location')).toBe(`${HOST}/a`)
    expect(response.headers.get('etag')).toBe('"5D41402ABC4B2A76B9719D911017C592"')
  })

  it('redirects to success_action_redirect, which wins over the status', async () => {
    const { post } = setUp()
    const fields = sign({
      key: 'ü',
      success_action_redirect: 'https://a.example/x?y=1',
      success_action_status: '200',
    })
    const response = await post(buildForm(fields, {}))
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      'https://a.example/x?y=1&bucket=examplebucket&key=%C3%BC&etag=%225D41402ABC4B2A76B9719D911017C592%22',
    )
  })

  it('expands ${filename} after the policy was checked', async () => {
    const { post, isStored } = setUp()
    const fields = sign({ key: 'u/${filename}' })
    expect((await post(buildForm(fields, { filename: '中 文.txt' }))).status).toBe(204)
    expect(await isStored('u/中 文.txt')).toBe(true)
  })

  it.each([
    [{}, { type: 'text/a' }, 'text/a'],
    [{ 'Content-Type': 'text/b' }, { type: 'text/a' }, 'text/a'],
    [{ 'Content-Type': 'text/b' }, {}, 'text/b'],
    [{ 'x-oss-content-type': 'text/c', 'Content-Type': 'text/b' }, { type: 'text/a' }, 'text/c'],
    [{}, {}, 'application/octet-stream'],
  ])('chooses the stored type: %j with part %j is %s', async (more, file, wanted) => {
    const { post, send } = setUp()
    await post(buildForm(sign({ key: 'a', ...(more as Fields) }), file))
    expect((await send({ method: 'HEAD', key: 'a' })).headers.get('content-type')).toBe(wanted)
  })

  it('keeps headers and metadata', async () => {
    const { post, send } = setUp()
    const more = {
      'Cache-Control': 'no-cache',
      'Content-Disposition': 'attachment',
      'x-oss-meta-author': 'alice',
      'x-oss-object-acl': 'public-read',
    }
    await post(buildForm(sign({ key: 'a', ...more }), {}))
    const { headers } = await send({ method: 'HEAD', key: 'a' })
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('content-disposition')).toBe('attachment')
    expect(headers.get('x-oss-meta-author')).toBe('alice')
  })

  it('takes a form without any signature only into a public-read-write bucket', async () => {
    const open = setUp({ buckets: [{ name: BUCKET, acl: 'public-read-write' }] })
    expect((await open.post(buildForm({ key: 'a' }, {}))).status).toBe(204)
    const closed = setUp()
    expect((await closed.post(buildForm({ key: 'a' }, {}))).status).toBe(403)
  })

  it('sends a callback with x: fields as variables, and replies with its response and 200', async () => {
    const { post, received } = setUp()
    const { callback } = encodeCallback({
      url: 'https://cb.example.com/',
      body: '{"op":${operation},"uid":${x:uid}}',
      bodyType: 'application/json',
    })
    const fields = sign({ key: 'a', callback, 'x:uid': 'ü"', success_action_status: '201' })
    const response = await post(buildForm(fields, {}))
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
    expect(received[0]?.body).toBe('{"op":"PostObject","uid":"ü\\""}')
  })

  it('answers 203 when the callback fails, and the object stays', async () => {
    const { post, isStored } = setUp({ fetch: async () => new Response('no', { status: 500 }) })
    const { callback } = encodeCallback({ url: 'https://cb.example.com/', body: 'a=1' })
    const response = await post(buildForm(sign({ key: 'a', callback }), {}))
    expect(await readError(response)).toMatchObject({ status: 203, code: 'CallbackFailed' })
    expect(await isStored('a')).toBe(true)
  })
})

describe('what a page changes is refused, and nothing is stored', () => {
  const { callback } = encodeCallback({ url: 'https://cb.example.com/', body: 'a=${x:uid}' })
  const fields = sign(
    {
      key: 'u/1/a.txt',
      callback,
      'x:uid': '42',
      'content-type': 'text/plain',
      'x-oss-forbid-overwrite': 'true',
      success_action_status: '200',
    },
    [['content-length-range', 5, 5]],
  )
  const changed = (more: Fields) => ({ ...fields, ...more })
  const without = (name: string) =>
    Object.fromEntries(Object.entries(fields).filter(([known]) => known !== name))

  it.each<[string, Fields, Part, string, string]>([
    ['another key', changed({ key: 'u/2/a.txt' }), {}, 'AccessDenied', '0006-00000227'],
    [
      'another callback',
      changed({ callback: toBase64('{}') }),
      {},
      'AccessDenied',
      '0006-00000227',
    ],
    ['no callback', without('callback'), {}, 'AccessDenied', '0006-00000226'],
    ['another variable', changed({ 'x:uid': '43' }), {}, 'AccessDenied', '0006-00000227'],
    ['no variable', without('x:uid'), {}, 'AccessDenied', '0006-00000226'],
    ['another type', changed({ 'content-type': 'text/html' }), {}, 'AccessDenied', '0006-00000227'],
    [
      'overwriting',
      changed({ 'x-oss-forbid-overwrite': 'false' }),
      {},
      'AccessDenied',
      '0006-00000227',
    ],
    ['a larger file', fields, { content: 'helloo' }, 'EntityTooLarge', '0006-00000003'],
    ['a smaller file', fields, { content: 'hell' }, 'EntityTooSmall', '0006-00000004'],
    [
      'another policy',
      changed({ policy: toBase64('{}') }),
      {},
      'SignatureDoesNotMatch',
      '0002-00000705',
    ],
    [
      'another signature',
      changed({ 'x-oss-signature': '0'.repeat(64) }),
      {},
      'SignatureDoesNotMatch',
      '0002-00000705',
    ],
    [
      'an empty signature',
      changed({ 'x-oss-signature': '' }),
      {},
      'InvalidArgument',
      '0002-00000704',
    ],
    ['no signature', without('x-oss-signature'), {}, 'InvalidArgument', '0002-00000703'],
    ['no policy', without('policy'), {}, 'InvalidArgument', '0002-00000702'],
    [
      'another date',
      changed({ 'x-oss-date': '20300102T030406Z' }),
      {},
      'AccessDenied',
      '0006-00000227',
    ],
    [
      'another day',
      changed({ 'x-oss-date': '20300103T030405Z' }),
      {},
      'InvalidArgument',
      '0002-00000709',
    ],
    ['no credential', without('x-oss-credential'), {}, 'InvalidArgument', '0002-00000710'],
    [
      'V1 as version',
      changed({ 'x-oss-signature-version': 'OSS' }),
      {},
      'InvalidArgument',
      '0002-00000701',
    ],
  ])('%s', async (_, sent, file, code, ec) => {
    const { post, isStored, received } = setUp()
    const error = await readError(await post(buildForm(sent, file)))
    expect(error).toMatchObject({ code, ec })
    expect(await isStored('u/1/a.txt')).toBe(false)
    expect(await isStored('u/2/a.txt')).toBe(false)
    expect(received).toHaveLength(0)
  })

  it('an existing object', async () => {
    const { post, send } = setUp()
    expect((await post(buildForm(fields, {}))).status).toBe(200)
    const error = await readError(await post(buildForm(fields, { content: 'other' })))
    expect(error).toMatchObject({ status: 409, code: 'FileAlreadyExists', ec: '0026-00000002' })
    expect(await (await send({ method: 'GET', key: 'u/1/a.txt' })).text()).toBe('hello')
  })

  it('two forms at once for the same key: only the first succeeds', async () => {
    const { post } = setUp()
    const responses = await Promise.all([1, 2, 3].map(() => post(buildForm(fields, {}))))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  })

  it('an expired policy', async () => {
    const { post, isStored } = setUp({ now: () => new Date(NOW.getTime() + 600_000) })
    expect(await readError(await post(buildForm(fields, {})))).toMatchObject({
      code: 'AccessDenied',
      ec: '0006-00000213',
    })
    expect(await isStored('u/1/a.txt')).toBe(false)
  })

  it('a policy that expires while the file arrives, unless policyExpiry says otherwise', async () => {
    for (const [policyExpiry, status] of [
      ['start-and-end', 403],
      ['start', 200],
    ] as const) {
      let now = NOW
      const { emulator } = setUp({ now: () => now, unconfirmed: { policyExpiry } })
      const bytes = new Uint8Array(await buildForm(fields, {}).arrayBuffer())
      async function* slowly() {
        yield bytes.subarray(0, -12)
        now = new Date(NOW.getTime() + 600_000)
        yield bytes.subarray(-12)
      }
      const reply = await emulator.handle({
        method: 'POST',
        target: '/',
        headers: { host: new URL(HOST).host, 'content-type': 'multipart/form-data; boundary=B' },
        body: slowly(),
        remoteAddress: '127.0.0.1',
        secure: true,
      })
      expect(reply.status).toBe(status)
    }
  })
})

describe('forms that are wrong', () => {
  const fields = sign({ key: 'a' })

  it.each<[string, Blob, string]>([
    ['no file', buildForm(fields, undefined), 'IncorrectNumberOfFilesInPOSTRequest'],
    [
      'two files',
      buildForm(fields, {}, [{ filename: 'b' }]),
      'IncorrectNumberOfFilesInPOSTRequest',
    ],
    [
      'the key after the file',
      buildForm(sign({}), {}, [{ name: 'key', content: 'a' }]),
      'InvalidArgument',
    ],
    ['an empty key', buildForm(sign({ key: 'x' }, []), {}).slice(0, 0), 'MalformedPOSTRequest'],
    [
      'the same field twice',
      buildForm([...Object.entries(fields), ['key', 'b']], {}),
      'InvalidArgument',
    ],
    [
      'half of a form',
      buildForm(fields, { content: 'x'.repeat(1000) }).slice(0, -500),
      'MalformedPOSTRequest',
    ],
    [
      'a key with a leading slash',
      buildForm(sign({ key: '/${filename}' }), {}),
      'InvalidObjectName',
    ],
  ])('%s', async (_, body, code) => {
    const { post, emulator, isStored } = setUp()
    expect(await readError(await post(body))).toMatchObject({ status: 400, code })
    expect(emulator.log.requests.at(-1)?.detail).toBe('')
    expect(await isStored('a')).toBe(false)
  })

  it('ignores fields after the file', async () => {
    const { post, send } = setUp()
    const body = buildForm(fields, {}, [{ name: 'x-oss-meta-late', content: '1' }])
    expect((await post(body)).status).toBe(204)
    expect((await send({ method: 'HEAD', key: 'a' })).headers.get('x-oss-meta-late')).toBeNull()
  })

  it('checks Content-MD5 against the whole body, trailing bytes and all', async () => {
    const { post, isStored } = setUp()
    const body = new Blob([buildForm(fields, {}), 'epilogue'])
    const whole = toBase64(md5(new Uint8Array(await body.arrayBuffer())))
    const wrong = await post(body, { 'content-md5': toBase64(md5(bytesOf('hello'))) })
    expect((await readError(wrong)).code).toBe('InvalidDigest')
    expect(await isStored('a')).toBe(false)
    expect((await post(body, { 'content-md5': whole })).status).toBe(204)
  })

  it('refuses a body that is no form, and a form sent to a key', async () => {
    const { emulator, post } = setUp()
    const plain = await post(buildForm(fields, {}), { 'content-type': 'text/plain' })
    expect((await readError(plain)).code).toBe('RequestIsNotMultiPartContent')
    const body = await buildForm(fields, {}).arrayBuffer()
    const headers = { 'content-type': 'multipart/form-data; boundary=B' }
    const toKey = await emulator.fetch(new Request(`${HOST}/a`, { method: 'POST', headers, body }))
    expect(toKey.status).toBe(405)
  })
})

describe('where the manual is silent, a switch decides', () => {
  const { callback, callbackVar = '' } = encodeCallback(
    { url: 'https://cb.example.com/', body: 'op=${operation}&uid=${x:uid}' },
    { 'x:uid': '42' },
  )

  it('formOperation, formCallbackVarField: what the callback of a form says', async () => {
    const fields = sign({ key: 'a', callback, 'callback-var': callbackVar })
    const strict = setUp()
    await strict.post(buildForm(fields, {}))
    expect(strict.received[0]?.body).toBe('op=PostObject&uid=')
    const lax = setUp({ unconfirmed: { formOperation: 'PutObject', formCallbackVarField: true } })
    await lax.post(buildForm(fields, {}))
    expect(lax.received[0]?.body).toBe('op=PutObject&uid=42')
  })

  it('formCallbackStatus: whether success_action_status survives a callback', async () => {
    const { post } = setUp({ unconfirmed: { formCallbackStatus: 'success-action' } })
    const response = await post(
      buildForm(sign({ key: 'a', callback, success_action_status: '201' }), {}),
    )
    expect([response.status, await response.json()]).toEqual([201, { ok: true }])
  })

  it('formFieldCase: whether KEY is key', async () => {
    const { key = '', ...rest } = sign({ key: 'a' })
    const fields = { ...rest, KEY: key }
    expect((await setUp().post(buildForm(fields, {}))).status).toBe(204)
    const strict = setUp({ unconfirmed: { formFieldCase: true } })
    expect((await strict.post(buildForm(fields, {}))).status).toBe(403)
  })

  it('callbackResponseMaxBytes: how long a response may be', async () => {
    const text = `"${'x'.repeat(1_000_000)}"`
    const fetch = async () =>
      new Response(text, { headers: { 'content-length': String(text.length) } })
    const fields = sign({ key: 'a', callback })
    expect((await setUp({ fetch }).post(buildForm(fields, {}))).status).toBe(203)
    const lax = setUp({ fetch, unconfirmed: { callbackResponseMaxBytes: 3_000_000 } })
    expect((await lax.post(buildForm(fields, {}))).status).toBe(200)
  })
})
