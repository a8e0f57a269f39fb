/**
 * Renders the body of a callback: replaces every `${name}` of the template and leaves the rest unchanged.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { encodeRfc3986 } from '../../protocol/bytes.ts'
import type { Unconfirmed } from '../behavior/unconfirmed.ts'
import type { ImageInfo } from './image-info.ts'
import type { CallbackPlan } from './parse.ts'

export interface CallbackFacts {
  bucket: string
  object: string
  /** Without quotes. */
  etag: string
  size: number
  mimeType: string
  crc64: string
  /** Empty for CompleteMultipartUpload. */
  contentMd5: string
  clientIp: string
  reqId: string
  operation: 'PutObject' | 'PostObject' | 'CompleteMultipartUpload'
  /** Undefined when the file is not an image. */
  image: ImageInfo | undefined
}

type Value =
  | { kind: 'text'; text: string }
  | { kind: 'number'; text: string }
  | { kind: 'absent' }
  | { kind: 'no-image' }

const text = (value: string): Value => ({ kind: 'text', text: value })
const number = (value: number | string): Value => ({ kind: 'number', text: String(value) })

function lookUp(name: string, facts: CallbackFacts, vars: Record<string, string>): Value {
  if (name.startsWith('x:')) {
    const value = Object.hasOwn(vars, name) ? vars[name] : undefined
    return value === undefined ? { kind: 'absent' } : text(value)
  }
  const { image } = facts
  switch (name) {
    case 'bucket':
    case 'object':
    case 'etag':
    case 'mimeType':
    case 'contentMd5':
    case 'clientIp':
    case 'reqId':
    case 'operation':
      return text(facts[name])
    case 'size':
    case 'crc64':
      return number(facts[name])
    case 'imageInfo.height':
      return image ? number(image.height) : { kind: 'no-image' }
    case 'imageInfo.width':
      return image ? number(image.width) : { kind: 'no-image' }
    case 'imageInfo.format':
      return image ? text(image.format) : { kind: 'no-image' }
    default:
      return { kind: 'absent' }
  }
}

/** Whether the template asks for the image's size or format. */
export function wantsImageInfo(template: string): boolean {
  return /\$\{imageInfo\.(height|width|format)\}/.test(template)
}

export function renderCallbackBody(
  plan: Pick<CallbackPlan, 'body' | 'bodyType' | 'vars'>,
  facts: CallbackFacts,
  unconfirmed: Unconfirmed,
): string {
  const print = plan.bodyType === 'application/json' ? printJson : printForm
  return plan.body.replace(/\$\{([^}]*)\}/g, (_, name: string) =>
    print(lookUp(name, facts, plan.vars), unconfirmed),
  )
}

function printForm(value: Value, { formSpace }: Unconfirmed): string {
  if (value.kind === 'number') return value.text
  if (value.kind !== 'text') return ''
  const encoded = encodeRfc3986(value.text.toWellFormed())
  return formSpace === '+' ? encoded.replaceAll('%20', '+') : encoded
}

function printJson(value: Value, unconfirmed: Unconfirmed): string {
  switch (value.kind) {
    case 'number':
      return value.text
    case 'absent':
      return unconfirmed.jsonAbsent === 'null' ? 'null' : ''
    case 'no-image':
      return unconfirmed.jsonAbsentImageInfo === 'null' ? 'null' : ''
    case 'text': {
      const json = JSON.stringify(value.text)
      if (unconfirmed.jsonNonAscii === 'plain') return json
      return json.replace(
        /[\u0080-\uffff]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    }
  }
}
