/**
 * A ticket as JSON. The plain form is `JSON.stringify(ticket)`, which looks at every character of the 6 000 that a form
 * ticket has; here most of them are known to need no escaping (`npm run bench -- uploads`, row "the same token").
 */
import { toUtf8 } from '../protocol/bytes.ts'
import { memoize } from '../protocol/cache.ts'
import { FACTS_HEADER } from './object-facts.ts'
import type { FormTicket, Ticket, TicketList } from './ticket.ts'

/**
 * Fields whose values are Base64, Base64url, JWS or hexadecimal: none of their characters is escaped in JSON. All are
 * written by the signer; no variable of a page has one of these names.
 */
const ENCODED_FIELDS: ReadonlySet<string> = new Set([
  'callback',
  'policy',
  'x:seal',
  'x-oss-signature',
  FACTS_HEADER,
])

/** Forms have the same dozen names, and the variables of the profiles. */
const formatName = memoize((name: string) => `${JSON.stringify(name)}:`, { maxEntries: 64 })

function formatFields(fields: FormTicket['fields']): string {
  let text = ''
  for (const name in fields) {
    const value = fields[name] ?? ''
    const separator = text === '' ? '' : ','
    const valueText = ENCODED_FIELDS.has(name) ? `"${value}"` : JSON.stringify(value)
    text += `${separator}${formatName(name)}${valueText}`
  }
  return `{${text}}`
}

/** The same members as `JSON.stringify(ticket)` has; those of a form ticket stand in another order. */
export function formatTicket(ticket: Ticket): string {
  if (ticket.kind !== 'form') return JSON.stringify(ticket)
  const { session, fields, ...facts } = ticket
  // The session is a JWS.
  return `${JSON.stringify(facts).slice(0, -1)},"session":"${session}","fields":${formatFields(fields)}}`
}

const COMMA = ','.charCodeAt(0)

/**
 * The bytes of a list. The plain form is `toUtf8(JSON.stringify({ tickets }))`, which takes 20 to 60 µs a ticket; one by one it is
 * 6 to 20 (`npm run bench -- uploads`, row "tickets by lists"). Joined as texts they would be copied once more.
 */
export function encodeTicketList({ tickets }: TicketList): Uint8Array<ArrayBuffer> {
  const [before, after] = [toUtf8('{"tickets":['), toUtf8(']}')]
  const pieces = tickets.map((one) =>
    toUtf8('kind' in one ? formatTicket(one) : JSON.stringify(one)),
  )
  const separators = Math.max(0, pieces.length - 1)
  const bytes = pieces.reduce((sum, { length }) => sum + length, separators)
  const list = new Uint8Array(before.length + bytes + after.length)
  list.set(before)
  let at = before.length
  for (const [place, piece] of pieces.entries()) {
    if (place > 0) {
      list[at] = COMMA
      at += 1
    }
    list.set(piece, at)
    at += piece.length
  }
  list.set(after, at)
  return list
}
