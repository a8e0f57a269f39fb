/** The application's own way to know a user: cookies, sessions, API keys, headers of a proxy that checks certificates. */
import { type Claims, NO_CLAIMS } from '../signer/claims.ts'
import { PENDING, waitAtMost } from '../signer/single-flight.ts'
import { type Authenticate, isSubject, MAX_SUBJECT_CHARS } from './auth.ts'
import { ServiceError } from './errors.ts'

/** A user as the application knows them. */
export interface User {
  /** The same for every request of this user: 1 to 255 characters. Only this user can go on with an upload. */
  subject: string
  /** For key templates, `requireScope` and `onBeforeUpload`. @default none */
  claims?: Claims | undefined
}

/**
 * Returns the user of a request, or nothing: status 401. What it throws is logged, and the page gets a 503; so does a
 * time limit of 5 s. A thrown {ServiceError}, e.g. `TOKEN_EXPIRED`, reaches the page as it is. It must leave the body
 * unread.
 */
export type OwnAuthenticate = (
  request: Request,
) => User | null | undefined | Promise<User | null | undefined>

/** What sessions and seals have instead of the `iss` of a token. Services that know other users need another `deployment`. */
export const OWN_ISSUER = 'authenticate'

/** A session store takes milliseconds; a page waits for this before its upload begins. */
const LIMIT_MS = 5000
const RETRY_AFTER_SECONDS = 5

function refuse(): never {
  throw new ServiceError('UNAUTHENTICATED', 'This address needs a user who is signed in.')
}

function fail(cause: unknown): never {
  throw new ServiceError(
    'AUTHENTICATION_FAILED',
    'Who you are cannot be found out at the moment; try again shortly.',
    { cause, retryAfterSeconds: RETRY_AFTER_SECONDS },
  )
}

/** @param options.limitMs for tests */
export function createOwnAuthenticate(
  authenticate: OwnAuthenticate,
  { limitMs = LIMIT_MS }: { limitMs?: number } = {},
): Authenticate {
  async function ask(request: Request): Promise<{ user: User | null | undefined }> {
    return { user: await authenticate(request) }
  }

  return async (request) => {
    const found = await waitAtMost(ask(request), limitMs).catch((cause: unknown) => {
      if (cause instanceof ServiceError) throw cause
      return fail(cause)
    })
    if (found === PENDING) return fail(new Error(`authenticate took more than ${limitMs} ms.`))
    const { user } = found
    if (user === null || user === undefined) return refuse()
    const { subject, claims = NO_CLAIMS } = user
    if (!isSubject(subject) || typeof claims !== 'object' || claims === null) {
      const words = `authenticate must return a subject of 1 to ${MAX_SUBJECT_CHARS} characters, and claims as an object.`
      return fail(new TypeError(words))
    }
    return { subject, claims }
  }
}
