/** The limits of the emulator and those that the signer keeps were written apart: here they must agree. */
import { describe, expect, it } from 'vitest'
import {
  MAX_CALLBACK_BYTES,
  MAX_EXPIRES_SECONDS,
  MAX_EXPIRES_SECONDS_STS,
  MAX_KEY_BYTES,
  MAX_PART_NUMBER,
} from '../../../src/emulator/http/limits.ts'
import {
  checkObjectKey,
  encodeCallback,
  presign,
  presignParts,
} from '../../../src/protocol/index.ts'
import { BUCKET, KEY, NOW, REGION } from '../emulator-with-client.ts'

const request = { bucket: BUCKET, region: REGION, key: 'a' }

/** The greatest of these values that is accepted. */
function accepts(limit: number, use: (value: number) => unknown): void {
  expect(() => use(limit)).not.toThrow()
  expect(() => use(limit + 1)).toThrow()
}

describe('the limits of OSS, to signer and emulator alike', () => {
  it('the length of a key', () => {
    accepts(MAX_KEY_BYTES, (bytes) => checkObjectKey('k'.repeat(bytes)))
  })

  it('the life of a URL, with and without a token', () => {
    const sign = (token: object) => (expiresInSeconds: number) =>
      presign(
        { ...request, method: 'PUT' },
        { credentials: { ...KEY, ...token }, now: NOW, expiresInSeconds },
      )
    accepts(MAX_EXPIRES_SECONDS, sign({}))
    accepts(MAX_EXPIRES_SECONDS_STS, sign({ securityToken: 't' }))
  })

  it('the number of a part', () => {
    const upload = { ...request, uploadId: 'U' }
    accepts(MAX_PART_NUMBER, (partNumber) =>
      presignParts(
        { ...upload, parts: [{ partNumber, length: 1 }] },
        { credentials: KEY, now: NOW, expiresInSeconds: 60 },
      ),
    )
  })

  it('the length of a callback', () => {
    const url = 'https://cb.example.com/'
    const empty = JSON.stringify({ callbackUrl: url, callbackBody: '', callbackSNI: true }).length
    const room = (MAX_CALLBACK_BYTES / 4) * 3 - empty
    expect(() => encodeCallback({ url, body: 'b'.repeat(room - 60) })).not.toThrow()
    expect(() => encodeCallback({ url, body: 'b'.repeat(room + 60) })).toThrow()
  })
})
