import { describe, expect, it } from 'vitest'
import { defaultUnconfirmed } from '../../src/emulator/behavior/unconfirmed.ts'
import { type CallbackFacts, renderCallbackBody } from '../../src/emulator/callback/render.ts'
import { findBodyIssues } from '../../src/signer/callback-body.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

describe('a callback body that works', () => {
  it.each([
    [FORM, 'key=${object}&size=${size}&w=${imageInfo.width}&format=${imageInfo.format}', []],
    [FORM, 'a=${x:album}', ['album']],
    [FORM, 'key="${object}"', []],
    [JSON_TYPE, '{"key":${object},"size":${size},"crc64":"${crc64}"}', []],
    [JSON_TYPE, '{"dim":"${imageInfo.width},${imageInfo.height}","vpc":${vpcId}}', []],
    [JSON_TYPE, '[${object}, {"a": ${x:album}, "quote": "say \\"\\\\"}]', ['album']],
    [JSON_TYPE, '{"format":[${imageInfo.format}]}', []],
  ] as const)('%s: %s', (type, body, vars) => {
    expect(findBodyIssues(body, type, vars)).toEqual([])
  })
})

describe('a callback body that cannot work', () => {
  it.each([
    ['no variable', FORM, 'a=1', [], /no variable/],
    ['percent-encoded variables', FORM, 'key=%24%7Bobject%7D&a=1', [], /percent-encoded/],
    [
      'one of them percent-encoded',
      FORM,
      'key=${object}&size=%24%7bsize%7d',
      [],
      /percent-encoded/,
    ],
    ['half of one percent-encoded', FORM, 'key=%24{object}', [], /percent-encoded/],
    ['a declared variable left out', FORM, 'key=${object}', ['album'], /leaves out \$\{x:album\}/],
    [
      'a similar variable only',
      FORM,
      'a=${x:album2}',
      ['album', 'album2'],
      /leaves out \$\{x:album\}/,
    ],
    ['JSON in a form', FORM, '{"key":${object}}', [], /set bodyType/],
    ['quotes around a text', JSON_TYPE, '{"key":"${object}"}', [], /\$\{object\} without quotes/],
    ['a text within a text', JSON_TYPE, '{"key":"oss://${bucket}"}', [], /\$\{bucket\} without/],
    [
      'quotes around a variable of the page',
      JSON_TYPE,
      '{"a":"${x:a}"}',
      ['a'],
      /\$\{x:a\} without/,
    ],
    ['a rounded CRC-64', JSON_TYPE, '{"crc":${crc64}}', [], /"\$\{crc64\}" in quotes/],
    [
      'a bare width',
      JSON_TYPE,
      '{"w":${imageInfo.width}}',
      [],
      /"\$\{imageInfo.width\}" in quotes/,
    ],
    ['a bare format', JSON_TYPE, '{"f":${imageInfo.format}}', [], /not JSON for every file/],
    ['a quoted format', JSON_TYPE, '{"f":"${imageInfo.format}"}', [], /not JSON for every file/],
    ['form fields sent as JSON', JSON_TYPE, 'key=${object}', [], /not JSON after/],
    ['a comma too many', JSON_TYPE, '{"key":${object},}', [], /not JSON after/],
    ['a name without quotes', JSON_TYPE, '{key:${object}}', [], /not JSON after/],
    ['variables between quotes that do not end', JSON_TYPE, '{"a":"${size}', [], /not JSON after/],
  ] as const)('has %s', (_, type, body, vars, words) => {
    expect(findBodyIssues(body, type, vars).join('\n')).toMatch(words)
  })
})

describe('what passes, filled in by the local OSS', () => {
  const facts: CallbackFacts = {
    bucket: 'b',
    object: 'a "b"\n目.png',
    etag: 'E',
    size: 5,
    mimeType: 'image/png',
    crc64: '18446744073709551615',
    contentMd5: '',
    clientIp: '203.0.113.7',
    reqId: 'R',
    operation: 'PostObject',
    image: { width: 640, height: 480, format: 'png' },
  }
  const body =
    '{"key":${object},"size":${size},"crc64":"${crc64}","w":"${imageInfo.width}","vpc":${vpcId},"a":${x:album}}'

  it.each([
    ['an image', facts],
    ['another file', { ...facts, image: undefined }],
  ])('is JSON for %s', (_, given) => {
    expect(findBodyIssues(body, JSON_TYPE, ['album'])).toEqual([])
    const plan = { body, bodyType: JSON_TYPE, vars: { 'x:album': '' } } as const
    expect(JSON.parse(renderCallbackBody(plan, given, defaultUnconfirmed))).toMatchObject({
      key: facts.object,
      size: 5,
      crc64: '18446744073709551615',
      a: '',
    })
  })
})
