import { describe, expect, it } from 'vitest'
import { describeNetwork, fetchText, findCode } from '../../../src/entry/doctor/network.ts'
import { networkError } from '../../support/doctor-setup.ts'

describe('findCode', () => {
  const ring = new Error('ring')
  ring.cause = ring
  it.each([
    ['the code of a cause', networkError('ENOTFOUND'), 'ENOTFOUND'],
    ['the first of several', new AggregateError([networkError('ECONNREFUSED')]), 'ECONNREFUSED'],
    ['a time limit', new DOMException('late', 'TimeoutError'), 'ABORTED'],
    ['an error without a code', new Error('secret words'), 'UNKNOWN'],
    ['a code that is a sentence', Object.assign(new Error(), { code: 'a b' }), 'UNKNOWN'],
    ['causes in a ring', ring, 'UNKNOWN'],
    ['no error', 'text', 'UNKNOWN'],
  ])('%s', (_, error, code) => {
    expect(findCode(error)).toBe(code)
  })
})

describe('describeNetwork', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['ECONNREFUSED', 'connect'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_SSL_ANYTHING_ELSE', 'tls'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'sni'],
    ['ECONNRESET', 'http'],
    ['ABORTED', 'timeout'],
    ['SOMETHING_NEW', 'connect'],
  ])('%s ends at %s', (code, hop) => {
    const fault = describeNetwork(code)
    expect([fault.hop, fault.words.en.endsWith(`(${code})`)]).toEqual([hop, true])
  })
})

describe('fetchText', () => {
  it('reads no more than it needs of an endless body', async () => {
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const result = await fetchText(async () => new Response(body), 'https://a.example', {})
    expect(result).toMatchObject({ kind: 'response', status: 200 })
    expect(sent).toBeLessThan(1_000_000)
  })

  it('follows no redirect', async () => {
    let asked: RequestInit | undefined
    const fetcher = async (_: unknown, init?: RequestInit) => {
      asked = init
      return Response.redirect('https://b.example', 302)
    }
    const result = await fetchText(fetcher as typeof fetch, 'https://a.example', {})
    expect(result).toMatchObject({ kind: 'response', status: 302 })
    expect(asked?.redirect).toBe('manual')
  })
})
