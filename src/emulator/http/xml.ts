/**
 * Builds and reads XML. Documents with a DTD are refused, so entities cannot be defined: neither external ones nor
 * ones that expand without limit.
 */
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { OssError } from './errors.ts'

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Characters that XML 1.0 does not allow become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are forbidden by XML 1.0 §2.2
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

export type XmlNode =
  | string
  | number
  | boolean
  | { [name: string]: XmlNode | undefined }
  | XmlNode[]

/** `{ Part: [{…}, {…}] }` becomes an element per entry; undefined leaves an element out. */
export function buildXml(name: string, node: XmlNode): string {
  if (Array.isArray(node)) return node.map((item) => buildXml(name, item)).join('')
  if (typeof node !== 'object') return `<${name}>${escapeXml(String(node))}</${name}>`
  const inner = Object.entries(node)
    .map(([child, value]) => (value === undefined ? '' : buildXml(child, value)))
    .join('')
  return `<${name}>${inner}</${name}>`
}

export function buildXmlDocument(name: string, node: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${buildXml(name, node)}\n`
}

export interface XmlReading {
  name: string
  /** Without white space around it. */
  text: string
  /** As it stands: white space may belong to a key. */
  rawText: string
  children: XmlReading[]
}

/**
 * The document's root element.
 *
 * @throws {OssError} `MalformedXML` unless it is well-formed, has this root and no DTD
 */
export function readXml(text: string, rootName: string): XmlReading {
  let root: XmlElement | null = null
  try {
    // The parser is recursive: nesting that is too deep throws, and is reported as malformed.
    if (!/<!DOCTYPE/i.test(text)) root = parseXml(text).root
    if (root?.name === rootName) return toReading(root)
  } catch {
    // reported below
  }
  throw malformedXml()
}

export function malformedXml(): OssError {
  return new OssError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  )
}

/** The text of the first child of that name. */
export function readChild({ children }: XmlReading, wanted: string): string | undefined {
  return children.find(({ name }) => name === wanted)?.text
}

function toReading(element: XmlElement): XmlReading {
  return {
    name: element.name,
    text: element.text.trim(),
    rawText: element.text,
    children: element.children
      .filter((child): child is XmlElement => child instanceof XmlElement)
      .map(toReading),
  }
}

/** Whether the text is a well-formed XML document without a DTD. */
export function isXml(text: string): boolean {
  try {
    return !/<!DOCTYPE/i.test(text) && parseXml(text).root !== null
  } catch {
    return false
  }
}
