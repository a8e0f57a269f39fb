import { afterEach, describe, expect, it, vi } from 'vitest'
import { fromBase64, fromUtf8 } from '../../src/protocol/bytes.ts'
import {
  buildCallbackQuery,
  buildCallbackText,
  buildCallbackVars,
} from '../../src/signer/callback-text.ts'
import type { ReadyProfile } from '../../src/signer/profile.ts'
import { codeOf, createProfile, createUpload, ISSUER } from '../support/samples.ts'

afterEach(() => vi.restoreAllMocks())

function readBody(profile: ReadyProfile, upload = createUpload()): string {
  const text = buildCallbackText(profile, ISSUER.callbackUrl, upload)
  return (JSON.parse(fromUtf8(fromBase64(text))) as { callbackBody: string }).callbackBody
}

describe('the callback parameter', () => {
  it('is encoded once for all uploads that it does not depend on', () => {
    const profile = createProfile()
    const first = buildCallbackText(profile, ISSUER.callbackUrl, createUpload())
    const encode = vi.spyOn(JSON, 'stringify')
    const second = buildCallbackText(profile, ISSUER.callbackUrl, createUpload({ id: 'other' }))
    expect(encode).not.toHaveBeenCalled()
    expect(second).toBe(first)
    buildCallbackText(createProfile(), ISSUER.callbackUrl, createUpload())
    expect(encode).toHaveBeenCalledOnce()
  })

  it('differs by variables and by whether OSS can read the image', () => {
    const profile = createProfile({ vars: ['album'] })
    const texts = [
      createUpload(),
      createUpload({ vars: { album: 'a' } }),
      createUpload({ type: 'text/plain' }),
    ].map((upload) => buildCallbackText(profile, ISSUER.callbackUrl, upload))
    expect(new Set(texts).size).toBe(3)
  })

  it('is dropped from the cache after 64 others, whatever sets of variables pages send', () => {
    const profile = createProfile()
    const build = (name: string) =>
      buildCallbackText(profile, ISSUER.callbackUrl, createUpload({ vars: { [name]: '' } }))
    build('first')
    for (let at = 0; at < 64; at += 1) build(`v${at}`)
    const encode = vi.spyOn(JSON, 'stringify')
    build('v63')
    expect(encode).not.toHaveBeenCalled()
    build('first')
    expect(encode).toHaveBeenCalledOnce()
  })

  it('has a body for direct callbacks in JSON that stays JSON when there is no image', () => {
    const callback = { url: 'https://a.example.com/', bodyType: 'application/json' } as const
    const body = readBody(
      createProfile({ callback, vars: ['album'] }),
      createUpload({ vars: { album: 'a' } }),
    )
    // As OSS fills it in: texts with quotes, numbers without, no image facts.
    const filled = body.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) =>
      name.startsWith('imageInfo') ? '' : name === 'size' || name === 'crc64' ? '7' : '"x"',
    )
    expect(JSON.parse(filled)).toMatchObject({
      object: 'x',
      size: 7,
      crc64: '7',
      sub: 'x',
      'x:album': 'x',
      width: '',
    })
  })

  it('has the body that the profile gives', () => {
    const callback = { url: 'https://a.example.com/', body: 'k=${object}&u=${x:sub}' }
    expect(readBody(createProfile({ callback }))).toBe('k=${object}&u=${x:sub}')
  })
})

describe('the callback variables', () => {
  it('are name, seal and the variables of the page', () => {
    const vars = buildCallbackVars(
      createProfile(),
      createUpload({ vars: { album: 'a' } }),
      ISSUER.secrets,
    )
    expect(vars).toMatchObject({ 'x:name': '假日 🏖.png', 'x:album': 'a' })
    expect(Object.keys(vars).sort()).toEqual(['x:album', 'x:name', 'x:seal'])
  })

  it('name the uploader to a direct receiver', () => {
    const profile = createProfile({ callback: { url: 'https://a.example.com/' } })
    expect(buildCallbackVars(profile, createUpload(), ISSUER.secrets)).toMatchObject({
      'x:id': 'AAAAAAAAAAAAAAAAAAAAAA',
      'x:sub': 'user-42',
      'x:profile': 'sample',
    })
  })

  it('that would not fit into 5 KB are refused', () => {
    const upload = createUpload({ name: '\0'.repeat(1024) })
    const call = () =>
      buildCallbackQuery(createProfile(), ISSUER.callbackUrl, upload, ISSUER.secrets)
    expect(codeOf(call)).toBe('CALLBACK_TOO_LONG')
  })

  it('fit with the longest ordinary name and variables', () => {
    const upload = createUpload({ name: '长'.repeat(341), vars: { note: 'x'.repeat(2000) } })
    const call = () =>
      buildCallbackQuery(createProfile(), ISSUER.callbackUrl, upload, ISSUER.secrets)
    expect(codeOf(call)).toBe(undefined)
  })
})
