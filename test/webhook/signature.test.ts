import { describe, expect, it } from 'vitest'
import { toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { parseWebhookSecret, signWebhook } from '../../src/webhook/signature.ts'
import { codeOf } from '../support/samples.ts'
import vectors from '../vectors/standard-webhooks.json' with { type: 'json' }

const encode = (length: number) => `whsec_${toBase64(new Uint8Array(length).fill(7))}`

describe('the signature of Standard Webhooks', () => {
  it.each(vectors)('is as published: $name', ({ input, expect: { signature } }) => {
    const { id, timestamp, body } = input
    const key = parseWebhookSecret(input.secret)
    expect(signWebhook(key, { id, timestamp, body: toUtf8(body) })).toBe(signature)
  })

  it.each([24, 25, 32, 64])('takes a secret of %i bytes', (length) => {
    expect(codeOf(() => parseWebhookSecret(encode(length)))).toBeUndefined()
  })

  it.each([
    ['of 23 bytes', encode(23)],
    ['of 65 bytes', encode(65)],
    ['without bytes', 'whsec_'],
    ['without its prefix', encode(32).slice(6)],
    ['with another prefix', encode(32).replace('whsec', 'whsk')],
    ['in Base64url', `whsec_${'-_'.repeat(22)}`],
    ['without its padding', encode(32).replaceAll('=', '')],
    ['with a line end', `${encode(32)}\n`],
    ['that is empty', ''],
  ])('refuses a secret %s and does not quote it', (_, secret) => {
    let message = ''
    try {
      parseWebhookSecret(secret)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/^A webhook secret is whsec_ and the Base64 of 24 to 64 random bytes/)
    if (secret.length > 6) expect(message).not.toContain(secret.slice(6))
    expect(codeOf(() => parseWebhookSecret(secret))).toBe('WEBHOOK_SECRET')
  })
})
