/**
 * A ticket as JSON. The plain form is `JSON.stringify(ticket)`, which looks at every character of the 6 000 that a form
 * ticket has; here most of them are known to need no escaping (`npm run bench -- uploads`, row "the same token").
 */
import { concatBytes, toUtf8 } from '../protocol/bytes.ts'
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

/**
 * The bytes of a list. The plain form is `toUtf8(JSON.stringify({ tickets }))`, which takes 20 to 60 µs a ticket; one by one it is
 * 6 to 20 (`npm run bench -- uploads`, row "tickets by lists"). Joined as texts they would be copied once more.
 */
export function encodeTicketList({ tickets }: TicketList): Uint8Array<ArrayBuffer> {
  const pieces = [toUtf8('{"tickets":[')]
  for (const [place, ticket] of tickets.entries()) {
    const text = 'kind' in ticket ? formatTicket(ticket) : JSON.stringify(ticket)
    pieces.push(toUtf8(place === 0 ? text : `,${text}`))
  }
  pieces.push(toUtf8(']}'))
  const size = pieces.reduce((sum, { length }) => sum + length, 0)
  return concatBytes(pieces, size)
}
