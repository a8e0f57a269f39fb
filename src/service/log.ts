/**
 * One line of JSON per failure. Whatever an error's message quotes, no secret and no query string gets through.
 */
export interface Log {
  failure(code: string, requestId: string, error: unknown): void
  /** Something that an operator should change. */
  warning(code: string, message: string): void
}

export interface LogOptions {
  /** Texts that must never be printed. */
  secrets: readonly string[]
  /** @default `console.error` */
  write?: (line: string) => void
}

/** Printed of one error, characters; a stack of twenty frames has about 2 000. */
const MAX_CHARS = 4000

/** Takes out known secrets, bearer tokens, JWTs, the query of every URL and long opaque texts. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length > 0) clean = clean.replaceAll(secret, '[secret]')
  }
  return clean
    .replace(/\beyJ[\w-]+\.[\w-]*(?:\.[\w-]*)*/g, '[token]')
    .replace(/\b(Bearer|Basic|OSS)\s+\S+/gi, '$1 [token]')
    .replace(/\bOSS4-HMAC-SHA256\s+\S+/g, 'OSS4-HMAC-SHA256 [signature]')
    .replace(/(\bhttps?:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, '$1')
    .replace(/\b[A-Za-z0-9+/_-]{64,}={0,2}/g, '[opaque]')
    .slice(0, MAX_CHARS)
}

function* listCauses(error: unknown): Generator<Error> {
  let current = error
  // Five is deeper than any chain of ours; a chain may also be a ring.
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    yield current
    current = current.cause
  }
}

export function createLog({ secrets, write = (line) => console.error(line) }: LogOptions): Log {
  return {
    failure(code, requestId, error) {
      const causes = [...listCauses(error)]
      const texts = causes.length > 0 ? causes.map((one) => one.stack ?? one.message) : ['no Error']
      const detail = texts.map((text) => redact(text, secrets))
      write(JSON.stringify({ level: 'error', code, requestId, detail }))
    },
    warning(code, message) {
      write(JSON.stringify({ level: 'warning', code, message: redact(message, secrets) }))
    },
  }
}
