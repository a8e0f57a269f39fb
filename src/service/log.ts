/**
 * One line of JSON per failure. Whatever an error's message quotes, no secret and no query string gets through.
 */
import { redact } from './redact.ts'

export interface Log {
  failure(code: string, requestId: string, error: unknown): void
  /** Something that an operator should change. */
  warning(code: string, message: string): void
}

export interface LogOptions {
  /** Texts that must never be printed, at the moment. */
  secrets: () => readonly string[]
  /** @default `console.error` */
  write?: (line: string) => void
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
      const detail = texts.map((text) => redact(String(text), secrets()))
      write(JSON.stringify({ level: 'error', code, requestId, detail }))
    },
    warning(code, message) {
      write(JSON.stringify({ level: 'warning', code, message: redact(message, secrets()) }))
    },
  }
}
