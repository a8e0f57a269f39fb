/**
 * Reads the body that the service gives its callbacks by default.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromUtf8 } from '../protocol/bytes.ts'
import { type CallbackBody, toCallbackBytes } from '../protocol/callback-verify.ts'
import { UploadRefused } from './errors.ts'

/** @throws {UploadRefused} `CALLBACK_MISMATCH` when a field occurs twice */
function readForm(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) {
      throw new UploadRefused('CALLBACK_MISMATCH', 'The callback names a field twice.')
    }
    fields.set(name, value)
  }
  return fields
}

/** @throws {UploadRefused} `CALLBACK_MISMATCH` when it is not a flat object of texts and whole numbers */
function readJson(text: string): Map<string, string> {
  const refuse = (cause?: unknown): never => {
    throw new UploadRefused(
      'CALLBACK_MISMATCH',
      'The body of the callback is not a JSON object of texts and whole numbers.',
      { cause },
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message quotes the body.
    refuse()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse()
  return new Map(
    Object.entries(value).map(([name, field]: [string, unknown]) => {
      if (field === null) return [name, '']
      if (typeof field === 'string' || Number.isSafeInteger(field)) return [name, String(field)]
      return refuse()
    }),
  )
}

/**
 * The fields of a callback's body, form-encoded or JSON, as texts.
 *
 * @throws {UploadRefused} `CALLBACK_MISMATCH`
 * @throws {ProtocolError} `TEXT` when it is not UTF-8
 */
export function readCallbackFields(body: CallbackBody): Map<string, string> {
  const text = fromUtf8(toCallbackBytes(body))
  return text.trimStart().startsWith('{') ? readJson(text) : readForm(text)
}
