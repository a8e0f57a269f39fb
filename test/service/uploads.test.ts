import { describe, expect, it } from 'vitest'
import { fromBase64, fromUtf8 } from '../../src/protocol/bytes.ts'
import type {
  FormTicket,
  MultipartTicket,
  PartWindow,
  PutTicket,
  UploadStateResponse,
} from '../../src/signer/ticket.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'
import {
  createServiceWithStubOss,
  readClaims,
  readProblem,
  type ServiceWithStubOss,
} from '../support/service-with-stub-oss.ts'

const SMALL_TEXT = { profile: 'any', name: 'a.txt', type: 'text/plain', size: 5 }
const PNG = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 1000 }
const BIG = { profile: 'any', name: 'film.mp4', type: 'video/mp4', size: 20_000_000 }
const UPLOAD_ID = '0004B9894A22E5B1888A1E29F8236E2D'

function respondInitiate(): Response {
  return new Response(
    `<InitiateMultipartUploadResult><UploadId>${UPLOAD_ID}</UploadId></InitiateMultipartUploadResult>`,
  )
}

function respondError(status: number, code: string): Response {
  return new Response(
    `<Error><Code>${code}</Code><Message>no</Message><RequestId>5C3D9175B6FC201293AD0000</RequestId><StringToSign>PLANTED</StringToSign><EC>0002-00000201</EC></Error>`,
    { status },
  )
}

async function createTicket<T>(setup: ServiceWithStubOss, body: object): Promise<T> {
  const response = await setup.post('/uploads', body)
  expect(response.status).toBe(201)
  return (await response.json()) as T
}

interface Policy {
  expiration: string
  conditions: unknown[]
}

function readPolicy(fields: Record<string, string>): Policy {
  return JSON.parse(fromUtf8(fromBase64(fields.policy ?? ''))) as Policy
}

describe('POST /uploads, form', () => {
  it('responds 201 with a ticket, without asking anybody', async () => {
    const setup = createServiceWithStubOss()
    const response = await setup.post('/uploads', PNG)
    const ticket = (await response.json()) as FormTicket
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(ticket).toMatchObject({
      kind: 'form',
      url: 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/',
      expiresAt: '2026-11-22T08:15:00.000Z',
    })
    expect(ticket.id).toMatch(/^[\w-]{22}$/)
    expect(ticket.key).toBe(`avatars/user-42/${ticket.id}.png`)
    expect(setup.requests).toEqual([])
  })

  it('binds every field by a condition, and the size to the byte', async () => {
    const { fields } = await createTicket<FormTicket>(createServiceWithStubOss(), {
      ...PNG,
      vars: { album: 'summer', note: 'two\nlines' },
    })
    const { conditions } = readPolicy(fields)
    expect(conditions).toContainEqual(['content-length-range', 1000, 1000])
    expect(conditions).toContainEqual({ bucket: 'examplebucket' })
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'policy' || name === 'x-oss-signature') continue
      const bound = conditions.some(
        (one) =>
          JSON.stringify(one) === JSON.stringify(['eq', `$${name.toLowerCase()}`, value]) ||
          JSON.stringify(one) === JSON.stringify({ [name]: value }),
      )
      expect(bound, name).toBe(true)
    }
    expect(fields).toMatchObject({
      'x:name': 'me.png',
      'x:album': 'summer',
      'x-oss-content-type': 'image/png',
      success_action_status: '200',
    })
    // FormData would send it so, and the policy is compared with what was sent.
    expect(fields['x:note']).toBe('two\r\nlines')
  })

  it('calls back with every fact, and asks for image facts only where there are some', async () => {
    const read = async (body: object) => {
      const { fields } = await createTicket<FormTicket>(createServiceWithStubOss(), body)
      return JSON.parse(fromUtf8(fromBase64(fields.callback ?? ''))) as Record<string, unknown>
    }
    const image = await read({ ...PNG, vars: { album: 'a' } })
    expect(image).toEqual({
      callbackUrl: 'https://api.example.com/up%20here/callbacks/oss',
      callbackBody:
        'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&type=${mimeType}&crc64=${crc64}&contentMd5=${contentMd5}&clientIp=${clientIp}&reqId=${reqId}&operation=${operation}&name=${x:name}&seal=${x:seal}&x:album=${x:album}&width=${imageInfo.width}&height=${imageInfo.height}&format=${imageInfo.format}',
      callbackBodyType: 'application/x-www-form-urlencoded',
      callbackSNI: true,
    })
    const svg = await read({ profile: 'any', name: 'a.bin', type: '', size: 3 })
    expect(svg.callbackBody).not.toContain('imageInfo')
  })

  it('sends the application’s own callback, with subject and id, in direct mode', async () => {
    const { fields, id } = await createTicket<FormTicket>(createServiceWithStubOss(), {
      profile: 'direct',
      name: 'a.txt',
      type: 'text/plain',
      size: 3,
    })
    const callback = JSON.parse(fromUtf8(fromBase64(fields.callback ?? ''))) as {
      callbackUrl: string
      callbackBody: string
    }
    expect(callback.callbackUrl).toBe('https://one.example.com/cb;https://two.example.com/cb')
    expect(callback.callbackBody).toContain('&id=${x:id}&sub=${x:sub}&profile=${x:profile}')
    expect(fields).toMatchObject({ 'x:id': id, 'x:sub': 'user-42', 'x:profile': 'direct' })
  })

  it('forbids overwriting under a key without an id, and stores pages as attachments', async () => {
    const { fields, key } = await createTicket<FormTicket>(createServiceWithStubOss(), {
      profile: 'fixed',
      name: 'page.html',
      type: 'text/html; charset=UTF-8',
      size: 10,
    })
    expect(key).toBe('fixed/user-42.html')
    expect(fields).toMatchObject({
      'x-oss-forbid-overwrite': 'true',
      'x-oss-storage-class': 'IA',
      'Content-Disposition': 'attachment',
      'Cache-Control': 'private, max-age=60',
      'x-oss-content-type': 'text/html;charset=utf-8',
    })
  })

  it('lets no signature outlive the session token of its credentials', async () => {
    const setup = createServiceWithStubOss({
      credentials: async () => ({
        accessKeyId: 'STS.id',
        accessKeySecret: 'secret',
        securityToken: 'token',
        expiration: new Date('2026-11-22T08:07:30.500Z'),
      }),
    })
    const ticket = await createTicket<FormTicket>(setup, PNG)
    expect(ticket.expiresAt).toBe('2026-11-22T08:07:30.000Z')
    expect(readPolicy(ticket.fields).expiration).toBe('2026-11-22T08:07:30.000Z')
  })
})

describe('POST /uploads with an Idempotency-Key', () => {
  const setup = createServiceWithStubOss()
  async function ask(key: string | undefined, body: object = PNG, subject = 'user-42') {
    const token = await setup.bearer({ subject })
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const response = await setup.post('/uploads', body, { token, headers })
    return ((await response.json()) as FormTicket).id
  }

  it('gives the same upload id for the same request of the same user, and only then', async () => {
    const id = await ask('k-1')
    expect(id).toMatch(/^[\w-]{22}$/)
    expect(await ask('k-1')).toBe(id)
    const others = [
      await ask('k-2'),
      await ask('k-1', { ...PNG, name: 'other.png' }),
      await ask('k-1', PNG, 'user-43'),
      await ask(undefined),
      await ask(undefined),
    ]
    expect(new Set([id, ...others]).size).toBe(6)
  })

  it.each(['', 'a b', 'k'.repeat(256)])('refuses the key %j', async (key) => {
    const headers = { 'idempotency-key': key }
    expect(await readProblem(await setup.post('/uploads', PNG, { headers }))).toBe(
      '400 IDEMPOTENCY_KEY',
    )
  })
})

describe('POST /uploads, put', () => {
  it('signs length, type and every header that it names', async () => {
    const ticket = await createTicket<PutTicket>(createServiceWithStubOss(), {
      ...PNG,
      method: 'put',
      contentMd5: 'ICy5YqxZB1uWSwcVLSNLcA==',
    })
    const url = new URL(ticket.url)
    expect(ticket.kind).toBe('put')
    expect(ticket.headers).toEqual({
      'Content-Type': 'image/png',
      'Content-MD5': 'ICy5YqxZB1uWSwcVLSNLcA==',
      'x-oss-meta-upcall-id': ticket.id,
      'x-oss-meta-upcall-facts': expect.stringMatching(/^1[\w-]+$/),
      'x-oss-forbid-overwrite': 'true',
    })
    expect(url.searchParams.get('x-oss-additional-headers')).toBe('content-length')
    expect(url.searchParams.get('x-oss-expires')).toBe('900')
    const vars = JSON.parse(fromUtf8(fromBase64(url.searchParams.get('callback-var') ?? '')))
    expect(Object.keys(vars)).toEqual(['x:name', 'x:seal'])
    expect(vars['x:seal'].length).toBeLessThanOrEqual(400)
  })

  it('signs disposition and caching too where the profile sets them', async () => {
    const ticket = await createTicket<PutTicket>(createServiceWithStubOss(), {
      profile: 'fixed',
      name: 'page.html',
      type: 'text/html',
      size: 0,
      method: 'put',
    })
    expect(new URL(ticket.url).searchParams.get('x-oss-additional-headers')).toBe(
      'cache-control;content-disposition;content-length',
    )
    expect(ticket.headers).toMatchObject({ 'Content-Disposition': 'attachment' })
  })
})

describe('POST /uploads, multipart', () => {
  it('opens the upload, and returns the whole first window and the Complete', async () => {
    const setup = createServiceWithStubOss({}, respondInitiate)
    const ticket = await createTicket<MultipartTicket>(setup, BIG)
    const [initiate] = setup.requests
    expect(setup.requests).toHaveLength(1)
    expect(initiate?.method).toBe('POST')
    expect(initiate?.url).toMatch(/\.mp4\?uploads$/)
    expect(initiate?.headers.get('content-type')).toBe('video/mp4')
    expect(initiate?.headers.get('x-oss-meta-upcall-id')).toBe(ticket.id)

    expect(ticket).toMatchObject({ kind: 'multipart', partSize: 8 * 1024 * 1024, partCount: 3 })
    expect(ticket.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3])
    for (const { url, partNumber } of ticket.parts) {
      const query = new URL(url).searchParams
      expect(query.get('partNumber')).toBe(String(partNumber))
      expect(query.get('uploadId')).toBe(UPLOAD_ID)
      expect(query.get('x-oss-additional-headers')).toBe('content-length')
    }
    const complete = new URL(ticket.complete.url).searchParams
    expect(ticket.complete.headers).toEqual({
      'x-oss-complete-all': 'yes',
      'x-oss-forbid-overwrite': 'true',
    })
    expect(complete.has('callback') && complete.has('callback-var')).toBe(true)
    expect(readClaims(ticket.session)).toMatchObject({ u: UPLOAD_ID, z: 8 * 1024 * 1024 })
  })

  it('keeps a wish for the part size within the limits', async () => {
    const setup = createServiceWithStubOss({}, respondInitiate)
    const small = await createTicket<MultipartTicket>(setup, { ...BIG, partSize: 1 })
    expect(small.partSize).toBeGreaterThanOrEqual(102_400)
    expect(small.partCount).toBeLessThanOrEqual(200)
    expect(small.parts).toHaveLength(Math.min(small.partCount, 100))
    const large = await createTicket<MultipartTicket>(setup, { ...BIG, partSize: 10_000_000 })
    expect(large.partSize).toBe(10_000_000)
  })

  it('returns further windows with fresh signatures and the same seal', async () => {
    const setup = createServiceWithStubOss({}, respondInitiate)
    const ticket = await createTicket<MultipartTicket>(setup, { ...BIG, size: 2_000_000_000 })
    expect(ticket.parts).toHaveLength(100)
    setup.clock.advance(1000)
    const response = await setup.post('/uploads/parts', {
      session: ticket.session,
      partNumbers: [101, 239],
    })
    const window = (await response.json()) as PartWindow
    expect(response.status).toBe(200)
    expect(window.parts.map(({ partNumber }) => partNumber)).toEqual([101, 239])
    expect(window.expiresAt).toBe('2026-11-22T08:31:40.000Z')
    const vars = (url: string) => new URL(url).searchParams.get('callback-var')
    expect(vars(window.complete.url)).toBe(vars(ticket.complete.url))
    expect(window.complete.url).not.toBe(ticket.complete.url)
  })

  it('refuses parts that the upload does not have, twice the same, and over a hundred', async () => {
    const setup = createServiceWithStubOss({}, respondInitiate)
    const { session } = await createTicket<MultipartTicket>(setup, BIG)
    const ask = async (partNumbers: unknown) =>
      readProblem(await setup.post('/uploads/parts', { session, partNumbers }))
    expect(await ask([4])).toBe('400 PART_NUMBER')
    expect(await ask([0])).toBe('400 BODY_FIELD')
    expect(await ask([1, 1])).toBe('400 BODY_FIELD')
    expect(await ask([])).toBe('400 BODY_FIELD')
    expect(await ask(Array.from({ length: 101 }, (_, at) => at + 1))).toBe('400 BODY_FIELD')
  })

  it.each([
    ['refusing', () => respondError(403, 'SignatureDoesNotMatch'), '502 OSS_ERROR', false],
    ['busy', () => respondError(503, 'ServiceUnavailable'), '502 OSS_ERROR', true],
    ['talking of something else', () => new Response('<html></html>'), '502 XML', true],
    [
      'finding the key taken',
      () => respondError(409, 'FileAlreadyExists'),
      '409 OBJECT_EXISTS',
      false,
    ],
  ])('says so when OSS is %s, without its words', async (_, respond, problem, retryable) => {
    const setup = createServiceWithStubOss({}, respond)
    const response = await setup.post('/uploads', BIG)
    const text = await response.clone().text()
    expect(await readProblem(response)).toBe(problem)
    expect(JSON.parse(text)).toMatchObject({ error: { retryable } })
    expect(text + setup.lines.join('')).not.toContain('PLANTED')
  })

  it('says so when OSS cannot be reached', async () => {
    const setup = createServiceWithStubOss({}, () => {
      throw new TypeError('fetch failed: https://a.example.com/k?x-oss-signature=PLANTED')
    })
    const response = await setup.post('/uploads', BIG)
    expect(await readProblem(response)).toBe('502 OSS_UNREACHABLE')
    expect(setup.lines).toHaveLength(1)
    expect(setup.lines.join('')).not.toContain('PLANTED')
  })
})

describe('POST /uploads/state', () => {
  it('returns all parts, page after page', async () => {
    const page = (from: number, to: number, isTruncated: boolean) => {
      let parts = ''
      for (let at = from; at <= to; at += 1) {
        parts += `<Part><PartNumber>${at}</PartNumber><ETag>"E${at}"</ETag><HashCrc64ecma>${at}</HashCrc64ecma><Size>102400</Size></Part>`
      }
      return `<ListPartsResult><NextPartNumberMarker>${to}</NextPartNumberMarker><IsTruncated>${isTruncated}</IsTruncated>${parts}</ListPartsResult>`
    }
    const setup = createServiceWithStubOss({}, ({ method, url }) => {
      if (method === 'POST') return respondInitiate()
      const marker = Number(new URL(url).searchParams.get('part-number-marker'))
      return new Response(marker === 0 ? page(1, 3, true) : page(4, 5, false))
    })
    const { session } = await createTicket<MultipartTicket>(setup, BIG)
    const response = await setup.post('/uploads/state', { session })
    const { parts } = (await response.json()) as UploadStateResponse
    expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4, 5])
    expect(parts[4]).toEqual({ partNumber: 5, size: 102_400, crc64: '5', etag: 'E5' })
  })

  it('does not follow a list that never ends', async () => {
    const setup = createServiceWithStubOss({}, ({ method }) =>
      method === 'POST'
        ? respondInitiate()
        : new Response(
            '<ListPartsResult><NextPartNumberMarker>7</NextPartNumberMarker><IsTruncated>true</IsTruncated></ListPartsResult>',
          ),
    )
    const { session } = await createTicket<MultipartTicket>(setup, BIG)
    expect((await setup.post('/uploads/state', { session })).status).toBe(200)
    expect(setup.requests.length).toBeLessThanOrEqual(3)
  })

  it('says that an upload is gone, and that a form has no parts', async () => {
    const setup = createServiceWithStubOss({}, ({ method }) =>
      method === 'POST' ? respondInitiate() : respondError(404, 'NoSuchUpload'),
    )
    const { session } = await createTicket<MultipartTicket>(setup, BIG)
    const form = await createTicket<FormTicket>(setup, PNG)
    expect(await readProblem(await setup.post('/uploads/state', { session }))).toBe(
      '404 UPLOAD_GONE',
    )
    expect(await readProblem(await setup.post('/uploads/state', { session: form.session }))).toBe(
      '400 SESSION_KIND',
    )
  })
})

describe('POST /uploads/abort', () => {
  it('aborts on OSS; what is gone already, or never was in parts, is aborted too', async () => {
    let respond = () => new Response(null, { status: 204 })
    const setup = createServiceWithStubOss({}, ({ method }) =>
      method === 'POST' ? respondInitiate() : respond(),
    )
    const { session } = await createTicket<MultipartTicket>(setup, BIG)
    expect((await setup.post('/uploads/abort', { session })).status).toBe(204)
    expect(setup.requests[1]?.method).toBe('DELETE')
    respond = () => respondError(404, 'NoSuchUpload')
    expect((await setup.post('/uploads/abort', { session })).status).toBe(204)
    const form = await createTicket<FormTicket>(setup, PNG)
    expect((await setup.post('/uploads/abort', { session: form.session })).status).toBe(204)
    expect(setup.requests).toHaveLength(3)
  })
})

describe('POST /uploads/confirm', () => {
  const stored = (id: string, more: Record<string, string> = {}) =>
    new Response(null, {
      headers: {
        'content-length': '1000',
        'content-type': 'image/png',
        etag: '"5D41402ABC4B2A76B9719D911017C592"',
        'x-oss-hash-crc64ecma': '123',
        'x-oss-meta-upcall-id': id,
        'x-oss-request-id': '5C3D9175B6FC201293AD0001',
        ...more,
      },
    })

  it('runs the handler once, however often the page asks', async () => {
    const receipts: unknown[] = []
    let id = ''
    const setup = createServiceWithStubOss(
      { onReceipt: (receipt) => ({ seen: receipts.push(receipt) }) },
      () => stored(id),
    )
    const ticket = await createTicket<FormTicket>(setup, { ...PNG, vars: { album: 'a\r\nb' } })
    id = ticket.id
    const ask = async () =>
      (await setup.post('/uploads/confirm', ticket.session && { session: ticket.session })).json()
    expect(await Promise.all([ask(), ask()])).toEqual([{ seen: 1 }, { seen: 1 }])
    expect(await ask()).toEqual({ seen: 1 })
    expect(receipts).toEqual([
      {
        id,
        subject: 'user-42',
        issuer: 'https://login.example.com',
        profile: 'avatar',
        bucket: 'examplebucket',
        key: ticket.key,
        name: 'me.png',
        size: 1000,
        type: 'image/png',
        etag: '5D41402ABC4B2A76B9719D911017C592',
        crc64: '123',
        vars: { album: 'a\nb' },
        unverified: {},
        via: 'confirm',
        at: setup.clock.now(),
      },
    ])
  })

  it.each([
    ['of another upload', { 'x-oss-meta-upcall-id': 'someone-elses-upload-1' }],
    ['of another size', { 'content-length': '1001' }],
    ['of another type', { 'content-type': 'text/html' }],
  ])('does not take an object %s for it', async (_, headers) => {
    let id = ''
    const setup = createServiceWithStubOss({}, () => stored(id, headers))
    const ticket = await createTicket<FormTicket>(setup, PNG)
    id = ticket.id
    const { session } = ticket
    expect(await readProblem(await setup.post('/uploads/confirm', { session }))).toBe(
      '409 OBJECT_MISMATCH',
    )
  })

  it('holds the page to the checksum that it declared', async () => {
    let id = ''
    const setup = createServiceWithStubOss({}, () => stored(id))
    const right = await createTicket<FormTicket>(setup, { ...PNG, crc64: '123' })
    const wrong = await createTicket<FormTicket>(setup, { ...PNG, crc64: '124' })
    id = right.id
    const first = await setup.post('/uploads/confirm', { session: right.session })
    expect(first.status).toBe(200)
    id = wrong.id
    const second = await setup.post('/uploads/confirm', { session: wrong.session })
    expect(await readProblem(second)).toBe('409 OBJECT_MISMATCH')
  })

  it('says that nothing is stored', async () => {
    const setup = createServiceWithStubOss({}, () => new Response(null, { status: 404 }))
    const { session } = await createTicket<FormTicket>(setup, PNG)
    expect(await readProblem(await setup.post('/uploads/confirm', { session }))).toBe(
      '404 OBJECT_MISSING',
    )
  })

  it('of a direct profile responds with the facts, and runs no handler', async () => {
    let id = ''
    const setup = createServiceWithStubOss(
      {
        onReceipt: () => {
          throw new Error('not for direct profiles')
        },
      },
      () => stored(id),
    )
    const ticket = await createTicket<FormTicket>(setup, { ...PNG, profile: 'direct' })
    id = ticket.id
    const response = await setup.post('/uploads/confirm', { session: ticket.session })
    expect(await response.json()).toMatchObject({ id, key: ticket.key, size: 1000, crc64: '123' })
    expect(setup.lines).toEqual([])
  })

  it('of an object that the application has moved since responds as before', async () => {
    let response = new Response(null)
    const setup = createServiceWithStubOss({ onReceipt: () => ({ ok: 1 }) }, () => response)
    const ticket = await createTicket<FormTicket>(setup, PNG)
    const confirm = () => setup.post('/uploads/confirm', { session: ticket.session })
    response = stored(ticket.id)
    expect(await (await confirm()).json()).toEqual({ ok: 1 })
    response = new Response(null, { status: 404 })
    expect(await (await confirm()).json()).toEqual({ ok: 1 })
  })

  it('runs the handler again after it failed, under the same id', async () => {
    const ids: string[] = []
    let id = ''
    const setup = createServiceWithStubOss(
      {
        onReceipt: (receipt) => {
          ids.push(receipt.id)
          if (ids.length === 1) throw new Error('database is down')
          return { ok: true }
        },
      },
      () => stored(id),
    )
    const ticket = await createTicket<FormTicket>(setup, PNG)
    id = ticket.id
    const { session } = ticket
    expect(await (await setup.post('/uploads/confirm', { session })).json()).toEqual({ ok: true })
    expect(await (await setup.post('/uploads/confirm', { session })).json()).toEqual({ ok: true })
    expect(ids).toEqual([id, id])
    expect(setup.lines.join()).toContain('database is down')
  })
})

describe('a confirmation', () => {
  it('warns the operator that the callback was missed, with the words of OSS', async () => {
    const setup = createServiceWithEmulator(
      {},
      { fetch: async () => new Response('no', { status: 500 }) },
    )
    const ticket = await setup.order<FormTicket>(SMALL_TEXT)
    const stored = await setup.oss.fetch(buildForm(ticket, new TextEncoder().encode('hello')))
    expect(stored.status).toBe(203)
    const body = {
      session: ticket.session,
      reason: { code: 'CallbackFailed', ec: '0007-00000203' },
    }
    expect((await setup.ask('/uploads/confirm', body)).status).toBe(200)
    const warnings = setup.lines.filter((line) => line.includes('CALLBACK_MISSED'))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(`Upload ${ticket.id} of profile any`)
    expect(warnings[0]).toContain('OSS said: CallbackFailed, EC 0007-00000203.')
    // The second time it is no news.
    await setup.ask('/uploads/confirm', { session: ticket.session })
    expect(setup.lines.filter((line) => line.includes('CALLBACK_MISSED'))).toHaveLength(1)
  })

  it.each([
    [{ code: 'a b', ec: '' }],
    [{ code: 'PLANTED\nline' }],
    [{ code: 'CallbackFailed', requestId: 'x'.repeat(65) }],
  ])('logs no more than words of the reason %j, and is not refused for it', async (reason) => {
    const setup = createServiceWithEmulator(
      {},
      { fetch: async () => new Response('no', { status: 500 }) },
    )
    const { session, ...ticket } = await setup.order<FormTicket>(SMALL_TEXT)
    await setup.oss.fetch(buildForm({ session, ...ticket }, new TextEncoder().encode('hello')))
    expect((await setup.ask('/uploads/confirm', { session, reason })).status).toBe(200)
    const [warning = ''] = setup.lines.filter((line) => line.includes('CALLBACK_MISSED'))
    expect(warning).toMatch(/OSS (gave no reason|said: CallbackFailed)\./)
  })

  it.each([[{ message: 'm' }], ['text'], [null]])('refuses the reason %j', async (reason) => {
    const setup = createServiceWithEmulator()
    const { session } = await setup.order<FormTicket>(SMALL_TEXT)
    const response = await setup.ask('/uploads/confirm', { session, reason })
    expect(await readProblem(response)).toBe('400 BODY_FIELD')
  })

  it('after a callback that arrived warns of nothing', async () => {
    const setup = createServiceWithEmulator()
    const ticket = await setup.order<FormTicket>(SMALL_TEXT)
    await setup.oss.fetch(buildForm(ticket, new TextEncoder().encode('hello')))
    expect((await setup.ask('/uploads/confirm', { session: ticket.session })).status).toBe(200)
    expect(setup.lines.join()).not.toContain('CALLBACK_MISSED')
  })
})
