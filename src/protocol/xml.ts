/**
 * The XML documents that the service reads from OSS.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listparts
 */
import { fromBase64, fromUtf8 } from './bytes.ts'
import { ProtocolError } from './errors.ts'
import { parseElements, type XmlElement } from './xml-element.ts'

/** Characters; 1 000 listed parts are about 250 000. */
const MAX_XML_CHARS = 1024 * 1024

export function parseRoot(xml: string, name: string): XmlElement {
  if (xml.length > MAX_XML_CHARS) throw new ProtocolError('XML', 'The XML response is too long.')
  let root: XmlElement
  try {
    root = parseElements(xml)
  } catch (cause) {
    throw new ProtocolError('XML', 'The response is not well-formed XML.', { cause })
  }
  if (root.name !== name) throw new ProtocolError('XML', `The XML response is not ${name}.`)
  return root
}

export function listChildren(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name)
}

export function findText(parent: XmlElement, name: string): string | undefined {
  return listChildren(parent, name)[0]?.text.trim()
}

function readText(parent: XmlElement, name: string): string {
  const text = findText(parent, name)
  if (!text) throw new ProtocolError('XML', `The XML response lacks ${name}.`)
  return text
}

function readNumber(parent: XmlElement, name: string): number {
  const text = readText(parent, name)
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new ProtocolError('XML', `The XML response has a ${name} that is not a whole number.`)
  }
  return value
}

/** @throws {ProtocolError} `XML` */
export function parseInitiateResult(xml: string): { uploadId: string } {
  return { uploadId: readText(parseRoot(xml, 'InitiateMultipartUploadResult'), 'UploadId') }
}

export interface ListedPart {
  partNumber: number
  /** bytes */
  size: number
  /** Decimal CRC-64 of the part. */
  crc64: string
  /** Without quotes. */
  etag: string
}

/** @throws {ProtocolError} `XML` */
export function parseListPartsResult(xml: string): {
  parts: ListedPart[]
  isTruncated: boolean
  nextPartNumberMarker: number
} {
  const root = parseRoot(xml, 'ListPartsResult')
  const isTruncated = readText(root, 'IsTruncated') === 'true'
  return {
    parts: listChildren(root, 'Part').map((part) => ({
      partNumber: readNumber(part, 'PartNumber'),
      size: readNumber(part, 'Size'),
      crc64: findText(part, 'HashCrc64ecma') ?? '',
      etag: readText(part, 'ETag').replaceAll('"', ''),
    })),
    isTruncated,
    nextPartNumberMarker: isTruncated ? readNumber(root, 'NextPartNumberMarker') : 0,
  }
}

/** The XML of an error response. That of HEAD has no body: its XML is in a header, as Base64. */
export function readErrorXml(headers: Pick<Headers, 'get'>, body: string): string {
  const encoded = headers.get('x-oss-err')
  if (body !== '' || encoded === null) return body
  try {
    return fromUtf8(fromBase64(encoded))
  } catch {
    return ''
  }
}

/** An error of OSS; undefined for any other document. Without the strings that OSS repeats from the request. */
export function parseErrorXml(
  xml: string,
): { code: string; message: string; ec?: string; requestId?: string } | undefined {
  let root: XmlElement
  try {
    root = parseRoot(xml, 'Error')
  } catch {
    return undefined
  }
  const code = findText(root, 'Code')
  if (!code) return undefined
  const ec = findText(root, 'EC')
  const requestId = findText(root, 'RequestId')
  return {
    code,
    message: findText(root, 'Message') ?? '',
    ...(ec && { ec }),
    ...(requestId && { requestId }),
  }
}

/** With `encoding-type=url` every name comes percent-encoded: XML has no place for control characters. */
function readName(parent: XmlElement, name: string): string {
  try {
    return decodeURIComponent(readText(parent, name))
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause
    throw new ProtocolError('XML', `The XML has a ${name} that is not percent-encoded.`)
  }
}

function readDate(parent: XmlElement, name: string): Date {
  const date = new Date(readText(parent, name))
  if (!Number.isNaN(date.getTime())) return date
  throw new ProtocolError('XML', `The XML has a ${name} that is no date.`)
}

export interface ListedObject {
  key: string
  /** Bytes. */
  size: number
  lastModified: Date
}

/**
 * A page of ListObjectsV2 that was asked for with `encoding-type=url`.
 *
 * @throws {ProtocolError} `XML`
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2
 */
export function parseListObjectsResult(xml: string): {
  objects: ListedObject[]
  /** Absent on the last page. */
  nextContinuationToken?: string | undefined
} {
  const root = parseRoot(xml, 'ListBucketResult')
  const isTruncated = readText(root, 'IsTruncated') === 'true'
  return {
    objects: listChildren(root, 'Contents').map((object) => ({
      key: readName(object, 'Key'),
      size: readNumber(object, 'Size'),
      lastModified: readDate(object, 'LastModified'),
    })),
    nextContinuationToken: isTruncated ? readText(root, 'NextContinuationToken') : undefined,
  }
}

export interface ListedUpload {
  key: string
  uploadId: string
  initiatedAt: Date
}

/**
 * A page of ListMultipartUploads that was asked for with `encoding-type=url`.
 *
 * @throws {ProtocolError} `XML`
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listmultipartuploads
 */
export function parseListUploadsResult(xml: string): {
  uploads: ListedUpload[]
  /** Absent on the last page. */
  next?: { keyMarker: string; uploadIdMarker: string } | undefined
} {
  const root = parseRoot(xml, 'ListMultipartUploadsResult')
  const isTruncated = readText(root, 'IsTruncated') === 'true'
  return {
    uploads: listChildren(root, 'Upload').map((upload) => ({
      key: readName(upload, 'Key'),
      uploadId: readText(upload, 'UploadId'),
      initiatedAt: readDate(upload, 'Initiated'),
    })),
    next: isTruncated
      ? {
          keyMarker: readName(root, 'NextKeyMarker'),
          uploadIdMarker: readText(root, 'NextUploadIdMarker'),
        }
      : undefined,
  }
}
