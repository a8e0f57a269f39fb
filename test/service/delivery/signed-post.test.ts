import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../../src/protocol/bytes.ts'
import { createSignedPost } from '../../../src/service/delivery/signed-post.ts'
import { verifySignature } from '../../../src/webhook/verify.ts'
import { START } from '../../support/clock.ts'
import { OTHER_SECRET, SECRET } from '../../support/webhook-samples.ts'

function send(
  respond: (request: Request) => Response | Promise<Response>,
  signal = AbortSignal.timeout(5000),
) {
  const post = createSignedPost({
    url: 'https://app.example.com/a?token=PLANTED',
    secrets: [SECRET, OTHER_SECRET],
    fetch: async (input, init) => respond(new Request(input, init)),
    now: () => START,
  })
  return post('id-1', toUtf8('正文'), 'application/json', signal)
}

describe('a signed POST', () => {
  it('is verified with each of its secrets', async () => {
    const response = await send(async (request) => {
      const body = await request.clone().bytes()
      for (const secret of [SECRET, OTHER_SECRET]) {
        const signed = verifySignature(request.headers, body, { secrets: [secret], now: START })
        expect(signed.id).toBe('id-1')
      }
      expect(request.redirect).toBe('manual')
      return new Response('好', { status: 201, headers: { 'content-type': 'text/plain' } })
    })
    expect(response).toEqual({ status: 201, type: 'text/plain', text: '好' })
  })

  it.each<[string, () => Response, string]>([
    ['a 500', () => new Response('x', { status: 500 }), 'DELIVERY_FAILED'],
    ['a redirect', () => Response.redirect('https://b.example.com'), 'DELIVERY_FAILED'],
    ['410', () => new Response(null, { status: 410 }), 'DELIVERY_GONE'],
    ['too much', () => new Response('x'.repeat(2_000_000)), 'DELIVERY_RESPONSE'],
    ['no UTF-8', () => new Response(new Uint8Array([0xff])), 'DELIVERY_RESPONSE'],
  ])('that gets %s fails, and names the host only', async (_, respond, code) => {
    const error = await send(respond).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringContaining('app.example.com') })
    expect(String(error)).not.toContain('PLANTED')
  })

  it('says that the time was over', async () => {
    const hang = (request: Request) =>
      new Promise<Response>((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason))
      })
    await expect(send(hang, AbortSignal.timeout(20))).rejects.toThrow('within the time limit')
  })
})
