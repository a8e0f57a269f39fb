/**
 * Answers of a known length: OSS takes no callback answer without `Content-Length`.
 */
import { toUtf8 } from '../protocol/bytes.ts'

/** @param text JSON already written */
export function answerJson(text: string, status = 200): Response {
  const bytes = toUtf8(text)
  return new Response(bytes, {
    status,
    headers: {
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      'cache-control': 'no-store',
    },
  })
}
