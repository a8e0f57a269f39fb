/** Every attack, in the order of docs/security.md. */
import type { Attack } from './attack.ts'
import { CALLBACKS } from './callbacks.ts'
import { DOCTOR_TOKENS } from './doctor-tokens.ts'
import { FILES } from './files.ts'
import { ISSUERS } from './issuers.ts'
import { RESULTS } from './results.ts'
import { SESSIONS } from './sessions.ts'
import { TICKETS } from './tickets.ts'
import { TOKENS } from './tokens.ts'

export const ATTACKS: Readonly<Record<string, readonly Attack[]>> = {
  'Who somebody is': TOKENS,
  'Whose keys are believed': ISSUERS,
  'Whose upload it is': SESSIONS,
  'What a ticket allows': TICKETS,
  'What a callback says': [...CALLBACKS, ...DOCTOR_TOKENS],
  'What is asked for': FILES,
  'What is known of a stored file': RESULTS,
}
