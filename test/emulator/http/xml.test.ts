import { describe, expect, it } from 'vitest'
import {
  buildXml,
  buildXmlDocument,
  escapeXml,
  isXml,
  readXml,
} from '../../../src/emulator/http/xml.ts'
import { catchOss } from '../emulator-with-client.ts'

describe('XML as the local OSS writes it', () => {
  it('escapes markup and replaces what XML cannot hold', () => {
    expect(escapeXml('a<b>&"\u0000\u001f\uffff\ud800\n中')).toBe(
      'a&lt;b&gt;&amp;&quot;\ufffd\ufffd\ufffd\ufffd\n中',
    )
  })

  it('writes lists as repeated elements and leaves undefined out', () => {
    expect(buildXml('A', { B: ['1', '2'], C: { D: 3, E: false }, F: undefined, G: [] })).toBe(
      '<A><B>1</B><B>2</B><C><D>3</D><E>false</E></C></A>',
    )
  })

  it('reads back what it wrote', () => {
    const text = 'ü <&> "x"'
    const root = readXml(buildXmlDocument('Root', { Key: text }), 'Root')
    expect(root.children).toEqual([{ name: 'Key', text, rawText: text, children: [] }])
  })
})

describe('XML as the local OSS reads it', () => {
  it.each([
    ['nothing', ''],
    ['another root', '<B/>'],
    ['two roots', '<A/><A/>'],
    ['an open element', '<A>'],
    ['an unknown entity', '<A>&x;</A>'],
    ['a DTD', '<!DOCTYPE A><A/>'],
    ['a DTD in small letters', '<!doctype A []><A/>'],
    ['too deep a nesting', `${'<A>'.repeat(50_000)}${'</A>'.repeat(50_000)}`],
  ])('refuses %s', (_, xml) => {
    expect(catchOss(() => readXml(xml, 'A'))).toMatchObject({ code: 'MalformedXML', status: 400 })
  })

  it('decides whether the response of a callback server is XML', () => {
    expect(isXml('<?xml version="1.0"?><ok/>')).toBe(true)
    expect(isXml('<ok>')).toBe(false)
    expect(isXml('<!DOCTYPE a><a/>')).toBe(false)
  })
})
