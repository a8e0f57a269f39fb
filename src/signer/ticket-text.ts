/**
 * A ticket as JSON. The plain form is `JSON.stringify(ticket)`, which looks at every character of the 6 000 that a form
 * ticket has; here most of them are known to need no escaping (`npm run bench -- uploads`, row "the same token").
 */
import { memoize } from '../protocol/cache.ts'
import { FACTS_HEADER } from './object-facts.ts'
import type { FormTicket, Ticket } from './ticket.ts'

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
