/**
 * Random requests against the local OSS: it accepts what the signer signs, refuses it with one character changed, and
 * never fails. `FUZZ_RUNS` sets how many (200 by default, 10 000 nightly). Over 300 lines: all share one local OSS.
 */
import { type IncomingMessage, request as sendHttp } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmulator, type Emulator } from '../src/emulator/index.ts'
import { type Listening, listen } from '../src/emulator/listen.ts'
import { encodeCallback } from '../src/protocol/callback.ts'
import { signPostPolicy } from '../src/protocol/post-policy.ts'
import { presign } from '../src/protocol/presign.ts'
import { signRequest } from '../src/protocol/sign-v4.ts'
import { buildSigningKey, formatScope, signText } from '../src/protocol/signing-key.ts'
import { formatTime } from '../src/protocol/time.ts'

const numRuns = Number(process.env.FUZZ_RUNS ?? 200)
const timeout = 60_000 + numRuns * 60
const BUCKET = 'examplebucket'
const REGION = 'cn-hangzhou'
const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const sts = { accessKeyId: 'STS.ak', accessKeySecret: 'sts-sk', securityToken: 'to/ken+with=signs' }

let emulator: Emulator
let oss: Listening

beforeAll(async () => {
  emulator = createEmulator({
    accessKeys: [credentials, sts],
    buckets: [{ name: BUCKET, region: REGION }],
    allowPrivateCallbacks: true,
    fetch: async () => new Response('{"ok":true}', { headers: { 'content-length': '11' } }),
  })
  oss = await listen(emulator, { port: 0 })
})

afterAll(async () => {
  await oss.close()
  await emulator.close()
})

interface Sent {
  method: string
  /** Path and query, sent unchanged. */
  target: string
  headers: Record<string, string>
  body?: Uint8Array
}

/** Status and text; a status of 0 when the HTTP client itself cannot send it. */
function send({ method, target, headers, body }: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const onResponse = (incoming: IncomingMessage): void => {
      const chunks: Uint8Array[] = []
      incoming.on('data', (chunk) => chunks.push(chunk))
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
      incoming.on('error', reject)
    }
    try {
      const request = sendHttp(
        { host: '127.0.0.1', port: oss.port, method, path: target, headers, agent: false },
        onResponse,
      )
      request.on('error', reject)
      request.end(body)
    } catch {
      resolve({ status: 0, text: 'the client refuses to send this' })
    }
  })
}

function readTarget(url: string): string {
  return url.slice(url.indexOf('/', 'http://'.length))
}

// Browsers and proxies remove "." and ".." segments, so no key of the signer has them.
const key = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter(
    (text) => text.isWellFormed() && !/^[/\\]/.test(text) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text),
  )
const metaValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
const metaName = fc.stringMatching(/^[a-z0-9]{1,10}$/).map((name) => `x-oss-meta-${name}`)
const upload = fc.record({
  key,
  who: fc.constantFrom(credentials, sts),
  headers: fc.dictionary(metaName, metaValue, { maxKeys: 3 }),
  type: fc.constantFrom(
    'text/plain',
    'image/png',
    'application/octet-stream',
    'text/plain;charset=utf-8',
  ),
  body: fc.uint8Array({ maxLength: 200 }),
  withCallback: fc.boolean(),
  name: fc.string({ unit: 'grapheme', maxLength: 40 }),
  byHeader: fc.boolean(),
})
type AnyUpload = typeof upload extends fc.Arbitrary<infer Kind> ? Kind : never

function buildCallbackOf({ name }: AnyUpload): { callback: string; callbackVar?: string } {
  return encodeCallback(
    { url: 'http://127.0.0.1:1/callbacks', body: 'key=${object}&name=${x:name}' },
    { 'x:name': name },
  )
}

function sign(one: AnyUpload): Sent {
  const { callback, callbackVar = '' } = one.withCallback
    ? buildCallbackOf(one)
    : { callback: undefined }
  const request = {
    method: 'PUT',
    bucket: BUCKET,
    key: one.key,
    region: REGION,
    endpoint: oss.url,
    query: callback === undefined ? {} : { callback, 'callback-var': callbackVar },
    headers: {
      ...one.headers,
      'content-type': one.type,
      'content-length': String(one.body.length),
    },
    additionalHeaders: ['content-length', 'host'],
  }
  const now = new Date()
  const { method, url, headers } = one.byHeader
    ? signRequest(request, { credentials: one.who, now })
    : presign(request, { credentials: one.who, now, expiresInSeconds: 60 })
  return { method, target: readTarget(url), headers, body: one.body }
}

/** Another character of the same kind at that index, so that the text is well-formed but different. */
function changeAt(text: string, at: number): string {
  const old = text.charAt(at)
  const next = /[0-8a-yA-Y]/.test(old) ? String.fromCharCode(old.charCodeAt(0) + 1) : 'q'
  return `${text.slice(0, at)}${next === old ? 'r' : next}${text.slice(at + 1)}`
}

/** The meaning of a target, to tell a change from another spelling of the same. */
function decode(target: string): string {
  const { pathname, search } = new URL(target, 'http://h')
  try {
    return JSON.stringify([decodeURIComponent(pathname), [...new URLSearchParams(search)]])
  } catch {
    return target
  }
}

describe('signed requests', () => {
  it('are accepted, by URL and by header, with any key, metadata, callback and token', {
    timeout,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(upload, async (one) => {
        const { status, text } = await send(sign(one))
        expect(status, text).toBe(200)
      }),
      { numRuns },
    )
  })

  it('are refused with any one character of the target changed', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(upload, fc.nat(), async (one, where) => {
        const signed = sign(one)
        // With another bucket name it is refused too, but before the signature is checked.
        const target = changeAt(signed.target, 1 + (where % (signed.target.length - 1)))
        fc.pre(decode(target) !== decode(signed.target))
        const { status, text } = await send({ ...signed, target })
        expect(status, `${target}\n${text}`).toBeGreaterThanOrEqual(400)
        expect(status).toBeLessThan(500)
      }),
      { numRuns },
    )
  })

  it('are refused with any one character of a signed header changed', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(upload, fc.nat(), fc.nat(), async (one, which, where) => {
        const signed = sign(one)
        const names = Object.keys(signed.headers).filter((name) => name !== 'content-length')
        const name = names[which % names.length] ?? ''
        const old = signed.headers[name] ?? ''
        const changed = changeAt(old, where % old.length)
        fc.pre(changed.trim() !== old.trim())
        const { status } = await send({
          ...signed,
          headers: { ...signed.headers, [name]: changed },
        })
        expect(status, `${name}: ${changed}`).toBeGreaterThanOrEqual(400)
        expect(status).toBeLessThan(500)
      }),
      { numRuns },
    )
  })

  it('are refused with another method, a body of another length, a header more or less', {
    timeout,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        upload,
        fc.constantFrom<(sent: Sent) => Sent>(
          (sent) => ({ ...sent, method: 'POST' }),
          (sent) => ({ ...sent, method: 'GET' }),
          (sent) => ({ ...sent, method: 'DELETE' }),
          (sent) => {
            const body = new Uint8Array((sent.body?.length ?? 0) + 1)
            return {
              ...sent,
              body,
              headers: { ...sent.headers, 'content-length': String(body.length) },
            }
          },
          (sent) => ({ ...sent, headers: { ...sent.headers, 'x-oss-object-acl': 'public-read' } }),
          (sent) => ({
            ...sent,
            headers: { ...sent.headers, 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' },
          }),
          ({ headers: { 'content-type': _, ...headers }, ...sent }) => ({ ...sent, headers }),
        ),
        async (one, change) => {
          const { status } = await send(change(sign(one)))
          expect(status).toBeGreaterThanOrEqual(400)
          expect(status).toBeLessThan(500)
        },
      ),
      { numRuns },
    )
  })
})

function buildForm(fields: Record<string, string>, file: Uint8Array): Sent {
  const boundary = 'upcall-boundary'
  const texts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const body = Buffer.concat([
    Buffer.from(texts.join('')),
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n`,
    ),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  return {
    method: 'POST',
    target: `/${BUCKET}/`,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(body.length),
    },
    body,
  }
}

function signForm(one: AnyUpload): { fields: Record<string, string>; file: Uint8Array } {
  const { fields } = signPostPolicy(
    {
      bucket: BUCKET,
      region: REGION,
      conditions: [['content-length-range', one.body.length, one.body.length]],
      fields: {
        key: one.key,
        'x-oss-content-type': one.type,
        success_action_status: '200',
        ...one.headers,
        ...(one.withCallback && { callback: buildCallbackOf(one).callback, 'x:name': one.name }),
      },
    },
    { credentials: one.who, now: new Date(), expiresInSeconds: 60 },
  )
  return { fields, file: one.body }
}

// Browsers and OSS change these in form fields.
const formUpload = upload.filter(({ key: k, name }) => !/[\r\n\0]|\$\{filename\}/.test(k + name))

describe('signed forms', () => {
  it('are accepted with any key, metadata, callback and token', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(formUpload, async (one) => {
        const { fields, file } = signForm(one)
        const { status, text } = await send(buildForm(fields, file))
        expect(status, text).toBe(200)
      }),
      { numRuns },
    )
  })

  it('are refused with any one field changed by a character, dropped, or a byte more', {
    timeout,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        formUpload,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('change', 'drop', 'grow'),
        async (one, which, where, how) => {
          const { fields, file } = signForm(one)
          const names = Object.keys(fields)
          const name = names[which % names.length] ?? ''
          const value = fields[name] ?? ''
          const changed = { ...fields }
          if (how === 'drop') delete changed[name]
          if (how === 'change')
            changed[name] = value === '' ? 'q' : changeAt(value, where % value.length)
          fc.pre(how !== 'change' || changed[name]?.isWellFormed() === true)
          const bytes = how === 'grow' ? new Uint8Array(file.length + 1) : file
          const { status, text } = await send(buildForm(changed, bytes))
          expect(status, `${how} ${name}\n${text}`).toBeGreaterThanOrEqual(400)
          expect(status).toBeLessThan(500)
        },
      ),
      { numRuns },
    )
  })
})

describe('the local OSS', () => {
  const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH')
  const fragment = fc.constantFrom(
    'uploads',
    'uploadId=x',
    'partNumber=1',
    'acl',
    'cors',
    'callback=e30=',
    'Signature=x',
    'Expires=9',
    'OSSAccessKeyId=ak',
    'x-oss-signature=x',
    'x-oss-credential=ak/1/2/oss/aliyun_v4_request',
    'x-oss-expires=-1',
    'x-oss-signature-version=OSS4-HMAC-SHA256',
    'x-oss-date=20260101T000000Z',
    'x-oss-additional-headers=',
    '%',
    '%ff',
    '=&=',
    '+',
  )
  const target = fc
    .tuple(
      fc.constantFrom('', BUCKET, 'other-bucket', '..', '%2e%2e', 'UPPER'),
      fc.string({ unit: fc.constantFrom(...'ab/.%2fF+&=~\\"<>'.split('')), maxLength: 20 }),
      fc.array(fragment, { maxLength: 6 }),
    )
    .map(
      ([bucket, path, query]) =>
        `/${bucket}/${path}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    )
  const headers = fc.dictionary(
    fc.constantFrom(
      'authorization',
      'date',
      'x-oss-date',
      'x-oss-content-sha256',
      'content-type',
      'content-md5',
      'x-oss-callback',
      'x-oss-callback-var',
      'x-oss-security-token',
      'range',
      'origin',
      'access-control-request-method',
      'x-oss-complete-all',
    ),
    fc.oneof(
      metaValue,
      fc.constantFrom(
        'OSS ak:x',
        'OSS4-HMAC-SHA256 Credential=ak/1/2/oss/aliyun_v4_request,Signature=00',
        'UNSIGNED-PAYLOAD',
        'multipart/form-data; boundary=b',
        'multipart/form-data',
        'bytes=9-1',
        'e30=',
        'yes',
        '20260101T000000Z',
      ),
    ),
    { maxKeys: 6 },
  )
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          '--b',
          '--b--',
          '\r\n',
          '\r\n\r\n',
          'Content-Disposition: form-data; name="key"',
          'Content-Disposition: form-data; name="file"; filename="f"',
          'Content-Type: x/y',
          'name="',
          'x',
          '<CompleteMultipartUpload>',
          '<Part>',
          '<PartNumber>1</PartNumber>',
          '<ETag>"x"</ETag>',
          '</Part>',
          '</CompleteMultipartUpload>',
          '<!DOCTYPE a [<!ENTITY b "c">]>',
          '&b;',
          '\0',
        ),
        { maxLength: 14 },
      )
      .map((pieces) => Buffer.from(pieces.join(''))),
  )

  it('never fails on random requests, headers, XML and forms, signed or not', {
    timeout,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        method,
        target,
        headers,
        body,
        fc.boolean(),
        async (verb, path, more, bytes, signed) => {
          let sent: Sent = {
            method: verb,
            target: path,
            headers: { ...more, 'content-length': String(bytes.length) },
            body: bytes,
          }
          if (signed) {
            const request = {
              method: verb,
              bucket: BUCKET,
              key: 'k',
              region: REGION,
              endpoint: oss.url,
              headers: more,
            }
            const query = Object.fromEntries(
              new URLSearchParams(path.split('?')[1]?.replace(/x-oss-[a-z-]+=?/g, '') ?? ''),
            )
            const { authorization: _, 'x-oss-security-token': __, ...rest } = request.headers
            const made = signRequest(
              { ...request, query, headers: rest },
              { credentials, now: new Date() },
            )
            sent = {
              ...sent,
              target: readTarget(made.url),
              headers: { ...made.headers, 'content-length': String(bytes.length) },
            }
          }
          const { status, text } = await send(sent)
          expect(status, `${verb} ${sent.target}\n${text}`).toBeLessThan(500)
          expect(status).toBeGreaterThanOrEqual(200)
        },
      ),
      { numRuns },
    )
  })

  it('never fails on random policies, and accepts none of them', { timeout }, async () => {
    const policy = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc
        .record({
          expiration: fc.oneof(fc.constant('2099-01-01T00:00:00.000Z'), fc.string(), fc.integer()),
          conditions: fc.oneof(
            fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
            fc.jsonValue(),
          ),
        })
        .map((value) => JSON.stringify(value)),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(policy, async (text) => {
        const base64 = Buffer.from(text).toString('base64')
        const scope = { date: formatTime(new Date()).slice(0, 8), region: REGION }
        const fields = {
          key: 'k',
          policy: base64,
          'x-oss-signature-version': 'OSS4-HMAC-SHA256',
          'x-oss-credential': `ak/${formatScope(scope)}`,
          'x-oss-date': formatTime(new Date()),
          'x-oss-signature': signText(buildSigningKey(credentials.accessKeySecret, scope), base64),
        }
        const { status } = await send(buildForm(fields, Buffer.from('x')))
        expect(status).toBeGreaterThanOrEqual(400)
        expect(status).toBeLessThan(500)
      }),
      { numRuns },
    )
  })
})
