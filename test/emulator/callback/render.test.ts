/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
import { describe, expect, it } from 'vitest'
import { defaultUnconfirmed, type Unconfirmed } from '../../../src/emulator/behavior/unconfirmed.ts'
import {
  type CallbackFacts,
  renderCallbackBody,
  wantsImageInfo,
} from '../../../src/emulator/callback/render.ts'

const FACTS: CallbackFacts = {
  bucket: 'examplebucket',
  object: 'u/1/中 "a"\\.txt',
  etag: '5D41402ABC4B2A76B9719D911017C592',
  size: 5,
  mimeType: 'image/png',
  crc64: '18446744073709551615',
  contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
  clientIp: '192.0.2.1',
  reqId: '0123456789ABCDEF01234567',
  operation: 'PutObject',
  image: { width: 640, height: 480, format: 'png' },
}

const render = (
  kind: 'json' | 'form',
  body: string,
  {
    facts = {},
    vars = {},
    unconfirmed = {},
  }: {
    facts?: Partial<CallbackFacts>
    vars?: Record<string, string>
    unconfirmed?: Partial<Unconfirmed>
  } = {},
) =>
  renderCallbackBody(
    {
      body,
      vars,
      bodyType: kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    { ...FACTS, ...facts },
    { ...defaultUnconfirmed, ...unconfirmed },
  )

describe('substitution in a form body', () => {
  it('percent-encodes values and leaves the template alone', () => {
    expect(
      render('form', 'a=ü /&object=${object}&t=${mimeType}&n=${size}&c=${crc64}&x=${x:a}', {
        vars: { 'x:a': "a+b&!'()*~" },
      }),
    ).toBe(
      'a=ü /&object=u%2F1%2F%E4%B8%AD%20%22a%22%5C.txt&t=image%2Fpng&n=5&c=18446744073709551615&x=a%2Bb%26%21%27%28%29%2A~',
    )
  })

  it('leaves absent values empty', () => {
    expect(
      render('form', 'h=${imageInfo.height}&v=${vpcId}&u=${x:none}&q=${nothing}', {
        facts: { image: undefined },
      }),
    ).toBe('h=&v=&u=&q=')
  })

  it('writes a space as + when told so', () => {
    const options = { vars: { 'x:a': 'a b+' }, unconfirmed: { formSpace: '+' } as const }
    expect(render('form', '${x:a}', options)).toBe('a+b%2B')
  })
})

describe('substitution in a JSON body', () => {
  it('brings quotes for texts and none for numbers', () => {
    const body =
      '{"b":${bucket},"o":${object},"s":${size},"c":${crc64},"w":${imageInfo.width},"f":${imageInfo.format},"u":${x:a}}'
    expect(render('json', body, { vars: { 'x:a': '1\n\u0001' } })).toBe(
      '{"b":"examplebucket","o":"u/1/中 \\"a\\"\\\\.txt","s":5,"c":18446744073709551615,"w":640,"f":"png","u":"1\\n\\u0001"}',
    )
  })

  it('writes null for absent values, and nothing for the size of what is no image', () => {
    expect(render('json', '[${vpcId},${x:none},${nothing}]')).toBe('[null,null,null]')
    const facts = { image: undefined }
    expect(render('json', '{"d":"${imageInfo.width},${imageInfo.height}"}', { facts })).toBe(
      '{"d":","}',
    )
    expect(
      render('json', '${imageInfo.height}', {
        facts,
        unconfirmed: { jsonAbsentImageInfo: 'null' },
      }),
    ).toBe('null')
    expect(render('json', '${vpcId}', { unconfirmed: { jsonAbsent: 'empty' } })).toBe('')
  })

  it('escapes non-ASCII when told so', () => {
    const unconfirmed = { jsonNonAscii: 'escaped' } as const
    expect(render('json', '${x:a}', { vars: { 'x:a': '中😀' }, unconfirmed })).toBe(
      '"\\u4e2d\\ud83d\\ude00"',
    )
  })

  it('copies a template that is neither JSON nor form data, as captured ones were', () => {
    expect(render('json', '{"size":${size}, "filename",${x:f}', { vars: { 'x:f': 'a' } })).toBe(
      '{"size":5, "filename","a"',
    )
  })
})

describe('variables', () => {
  it('are case-sensitive and replaced once: a value that looks like one stays', () => {
    expect(render('form', '${Size}${size}${x:a}', { vars: { 'x:a': '${size}' } })).toBe(
      '5%24%7Bsize%7D',
    )
  })

  it('do not reach into the prototype', () => {
    expect(render('json', '[${constructor},${__proto__},${x:constructor}]')).toBe(
      '[null,null,null]',
    )
  })

  it('tell whether the image must be looked at', () => {
    expect(wantsImageInfo('a=${imageInfo.width}')).toBe(true)
    expect(wantsImageInfo('a=${imageInfo}&b=imageInfo.width')).toBe(false)
  })
})
