import { parseXml, XmlElement as TheirElement } from '@rgrove/parse-xml'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseElements, type XmlElement } from '../../src/protocol/xml-element.ts'

/** The same document by the parser of the local OSS, which takes all of XML 1.0. */
function parseByLibrary(xml: string): XmlElement | undefined {
  const convert = (element: TheirElement): XmlElement => ({
    name: element.name,
    text: element.text,
    children: element.children.filter((child) => child instanceof TheirElement).map(convert),
  })
  const { root } = parseXml(xml)
  return root ? convert(root) : undefined
}

function isRefusedBy(parse: (xml: string) => unknown, xml: string): boolean {
  try {
    parse(xml)
    return false
  } catch {
    return true
  }
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((plain) => plain.replace(/[<&]|[^\t\n\r\x20-\ud7ff]/g, ' ')),
  fc.constantFrom('&lt;', '&amp;#60;', '&#60;', '&#x1F600;', '&quot;&apos;&gt;', '\r\n', '目/文件'),
  fc.constantFrom('<![CDATA[<a>&lt;]]>', '<![CDATA[]]>'),
)
const name = fc.constantFrom('Key', 'a', 'x:y', '_1', 'Owner.Id-2')
const attributes = fc.constantFrom('', ' xmlns="http://doc.example.com"', " a = '>' b=\"'\"\n")

const { tree } = fc.letrec<{ tree: string; node: string }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, text, tie('tree')),
  tree: fc
    .tuple(name, attributes, fc.array(tie('node'), { maxLength: 4 }))
    .map(([tag, more, inner]) =>
      inner.length > 0 ? `<${tag}${more}>${inner.join('')}</${tag} >` : `<${tag}${more}/>`,
    ),
}))
const prefix = fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>\n', '\uFEFF', '\n ')
const xml = fc.tuple(prefix, tree).map(([head, root]) => `${head}${root}\n`)

describe('the elements of XML', () => {
  it('are those that a parser for all of XML finds', () => {
    fc.assert(
      fc.property(xml, (document) => {
        // A text that ends CDATA by chance is refused by both.
        if (isRefusedBy(parseByLibrary, document)) {
          expect(isRefusedBy(parseElements, document)).toBe(true)
        } else expect(parseElements(document)).toEqual(parseByLibrary(document))
      }),
    )
  })

  it('are refused in a damaged document, wherever that parser refuses it', () => {
    const damage = fc.tuple(xml, fc.nat(), fc.nat(3), fc.constantFrom('', '<', '&', '>', '/', 'x'))
    fc.assert(
      fc.property(damage, ([document, at, length, put]) => {
        const start = at % document.length
        const damaged = document.slice(0, start) + put + document.slice(start + length)
        if (!isRefusedBy(parseElements, damaged)) {
          expect(parseElements(damaged)).toEqual(parseByLibrary(damaged))
        }
      }),
    )
  })

  it.each([
    ['', 'nothing'],
    ['text', 'no element'],
    ['<a>', 'an open element'],
    ['<a></b>', 'an end of another'],
    ['<a></a></a>', 'an end too much'],
    ['<a/><b/>', 'two roots'],
    ['<a/>text', 'text behind the root'],
    ['<![CDATA[x]]><a/>', 'CDATA before the root'],
    ['<a>&nbsp;</a>', 'an entity of HTML'],
    ['<a>&</a>', 'a bare ampersand'],
    ['<a>&#0;</a>', 'a character that XML does not have'],
    ['<a>&#xD800;</a>', 'half of a surrogate pair'],
    ['<a>&#x110000;</a>', 'a number beyond Unicode'],
    ['<a>\u0001</a>', 'a control character'],
    ['<a>]]></a>', 'an end of CDATA'],
    ['<a b=c/>', 'an attribute without quotes'],
    ['<!DOCTYPE a><a/>', 'a DTD'],
    ['<a><!-- x --></a>', 'a comment'],
    ['<a><?x y?></a>', 'a processing instruction'],
    ['<a>'.repeat(40) + '</a>'.repeat(40), 'forty levels'],
  ])('are refused in %.30j: %s', (document) => {
    expect(() => parseElements(document)).toThrow(SyntaxError)
  })

  it('are found in a time that grows with the length, also in documents made to be slow', () => {
    const repeat = (piece: string) => piece.repeat(1_000_000 / piece.length)
    const slow = [
      `<a${repeat(' ')}`,
      `<a${repeat(' b="c"')}`,
      `<a>${repeat('&')}`,
      repeat('<![CDATA['),
    ]
    const startMs = performance.now()
    for (const document of slow) expect(() => parseElements(document)).toThrow(SyntaxError)
    // Some 20 ms each; a parser that looks again from each place takes minutes.
    expect(performance.now() - startMs).toBeLessThan(5000)
  })
})
