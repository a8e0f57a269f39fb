import { afterEach, describe, expect, it, vi } from 'vitest'
import { readBytes } from '../../src/service/body.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const setup = createServiceWithStubOss()
const GOOD = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }

async function ask(body: unknown, headers?: Record<string, string>): Promise<string> {
  const response = await setup.post('/uploads', body, headers ? { headers } : {})
  return response.status === 201 ? '201' : readProblem(response)
}

async function explain(body: unknown): Promise<string> {
  const response = await setup.post('/uploads', body)
  return ((await response.json()) as { error: { message: string } }).error.message
}

describe('JSON bodies', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'])(
    'are taken as %s',
    async (type) => {
      expect(await ask(GOOD, { 'content-type': type })).toBe('201')
    },
  )

  it.each([
    'text/plain',
    'application/jsonp',
    'application/x-www-form-urlencoded',
    'text/plain;application/json',
  ])('are refused as %s', async (type) => {
    expect(await ask(GOOD, { 'content-type': type })).toBe('415 BODY_TYPE')
  })

  it.each(['', '{', '{"profile":"avatar"', 'null,', '\uFEFF{', "{'a':1}", 'NaN'])(
    'that are not JSON are refused: %j',
    async (text) => {
      expect(await ask(text)).toBe('400 BODY_JSON')
    },
  )

  it('that are not UTF-8 are refused', async () => {
    const response = await setup.service.fetch(
      new Request('https://api.example.com/uploads', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await setup.bearer()}`,
          'content-type': 'application/json',
        },
        body: new Uint8Array([0x22, 0xff, 0x22]),
      }),
    )
    expect(await readProblem(response)).toBe('400 BODY_JSON')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a text', '"avatar"'],
    ['nothing in it', {}],
    ['a missing size', { profile: 'avatar', name: 'a', type: 'image/png' }],
    ['a size in text', { ...GOOD, size: '5' }],
    ['half a byte', { ...GOOD, size: 0.5 }],
    ['less than nothing', { ...GOOD, size: -1 }],
    ['more than can be counted', { ...GOOD, size: 2 ** 53 }],
    ['an unknown field', { ...GOOD, key: 'my/own/key' }],
    ['a prototype', JSON.parse('{"__proto__":{"profile":"avatar"}}')],
    ['an unknown method', { ...GOOD, method: 'append' }],
    ['a type without end', { ...GOOD, type: `image/${'x'.repeat(255)}` }],
    ['variables that are no texts', { ...GOOD, vars: { album: 5 } }],
    ['variables in a list', { ...GOOD, vars: ['album'] }],
    ['an MD5 in hex', { ...GOOD, contentMd5: 'd41d8cd98f00b204e9800998ecf8427e' }],
    ['a CRC-64 in hex', { ...GOOD, crc64: '0x1' }],
    ['no part size', { ...GOOD, partSize: 0 }],
  ])('with %s are refused', async (_, body) => {
    expect(await ask(body)).toBe('400 BODY_FIELD')
  })

  it('that are refused name the field, and quote nothing', async () => {
    expect(await explain({ ...GOOD, size: 'PLANTED' })).toMatch(/the field size must be/)
    expect(await explain({ ...GOOD, size: 'PLANTED' })).not.toContain('PLANTED')
    expect(await explain({ ...GOOD, extra: 1 })).toMatch(/the field extra, which does not belong/)
    expect(await explain({ ...GOOD, '<script>PLANTED': 1 })).not.toContain('PLANTED')
    expect(await explain({ profile: 'avatar' })).toMatch(/name|size|type/)
  })

  it('over 64 KiB are refused before they are read', async () => {
    expect(await ask({ ...GOOD, name: 'x'.repeat(65_536) })).toBe('413 BODY_TOO_LARGE')
    // Under the limit it is refused for what it is.
    expect(await ask({ ...GOOD, name: 'x'.repeat(65_000) })).toBe('400 FILE_NAME')
  })

  it('without an announced length are counted as they come', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        controller.enqueue(new Uint8Array(16_384))
      },
    })
    const request = new Request('https://api.example.com/uploads', {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit)
    await expect(readBytes(request)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(sent).toBeLessThan(10)
  })

  it('that break off are told so', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(10))
        controller.error(new Error('socket hang up'))
      },
    })
    const request = new Request('https://api.example.com/', {
      method: 'POST',
      body: broken,
      duplex: 'half',
    } as RequestInit)
    await expect(readBytes(request)).rejects.toMatchObject({ code: 'BODY_INCOMPLETE' })
  })
})

describe('bodies that cannot be had', () => {
  afterEach(() => vi.useRealTimers())

  function buildRequest(body: BodyInit, headers: Record<string, string> = {}): Request {
    const init = { method: 'POST', headers, body, duplex: 'half' }
    return new Request('https://api.example.com/uploads', init as RequestInit)
  }

  it('are given up after fifteen seconds', async () => {
    vi.useFakeTimers()
    const reading = readBytes(buildRequest(new ReadableStream()))
    const refusal = expect(reading).rejects.toMatchObject({ code: 'BODY_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(15_000)
    await refusal
  })

  it('because another parser has read them are named as such, and not worth a repetition', async () => {
    const request = buildRequest('{"a":1}', { 'content-type': 'application/json' })
    await request.json()
    await expect(readBytes(request)).rejects.toMatchObject({ code: 'BODY_CONSUMED' })
    const response = await setup.service.fetch(
      new Request('https://api.example.com/uploads', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await setup.bearer()}`,
          'content-type': 'application/json',
          'content-length': '20',
        },
      }),
    )
    const body = (await response.clone().json()) as { error: { retryable: boolean } }
    expect(await readProblem(response)).toBe('500 BODY_CONSUMED')
    expect(body.error.retryable).toBe(false)
  })
})

describe('variables', () => {
  it('named like members of every object are read like all others', async () => {
    const profiles = {
      avatar: { key: 'a/{id}', types: ['*'], maxSize: 100, vars: ['constructor', 'album'] },
    }
    const own = createServiceWithStubOss({ profiles })
    const send = (vars: string) =>
      own.post('/uploads', JSON.stringify(GOOD).replace('}', `,"vars":${vars}}`))
    const response = await send('{"constructor":"c","album":"a"}')
    const { fields } = (await response.json()) as { fields: Record<string, string> }
    expect(fields).toMatchObject({ 'x:constructor': 'c', 'x:album': 'a' })
    for (const name of ['__proto__', 'prototype', 'toString', 'hasOwnProperty']) {
      expect(await readProblem(await send(`{"${name}":"x"}`))).toBe('403 VAR_REFUSED')
    }
    for (const vars of ['null', '[]', '"a"', '{"album":null}', '{"album":{}}']) {
      expect(await readProblem(await send(vars))).toBe('400 BODY_FIELD')
    }
  })
})
