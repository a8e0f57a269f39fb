/** The settings of the webhook: checked together, so that whoever deploys it sees every issue at once. */
import { MAKE_WEBHOOK_SECRET, parseWebhookSecret } from '../../webhook/signature.ts'
import { isSafeUrl, parseUrl } from '../safe-url.ts'

export interface WebhookSettings {
  /** Of the application: https, or http on this machine. May have a query; it is never shown in an error. */
  url: string
  /** `whsec_…`; all sign, so that the receiver may know the old or the new one. */
  secrets: readonly string[]
}

export interface WebhookIssue {
  setting: keyof WebhookSettings
  /** The end of a sentence that begins with the setting's name, without its full stop; quotes no value. */
  words: string
}

/** A change of secret needs two; each makes a signature of 47 characters in one header. */
const MAX_SECRETS = 10

function* findUrlIssues(text: string): Generator<string> {
  const url = parseUrl(text ?? '')
  if (!text) yield 'is missing; set it to the https address that takes the events'
  else if (!url || !isSafeUrl(url)) yield 'must be an https URL (http only on this machine)'
  else {
    if (url.username || url.password) {
      yield 'must hold no user or password; the signature tells the receiver who sends'
    }
    if (url.hash) yield 'must have no fragment (#); it would not be sent'
  }
}

function isSecret(secret: unknown): boolean {
  try {
    return typeof secret === 'string' && parseWebhookSecret(secret) !== undefined
  } catch {
    return false
  }
}

function* findSecretIssues(secrets: readonly string[]): Generator<string> {
  if (!(secrets?.length > 0)) yield `is missing; ${MAKE_WEBHOOK_SECRET}`
  for (const [at, secret] of (secrets ?? []).entries()) {
    if (isSecret(secret)) continue
    yield `has no secret in place ${at + 1}: whsec_ and the Base64 of 24 to 64 random bytes; ${MAKE_WEBHOOK_SECRET}`
  }
  if (new Set(secrets).size < secrets?.length) yield 'has the same secret twice'
  if (secrets?.length > MAX_SECRETS) {
    yield `has more than ${MAX_SECRETS} secrets; two are enough for a change`
  }
}

/**
 * Everything that is wrong with the settings; nothing when they can work.
 *
 * Private addresses are allowed: the operator sets the URL, never a user, and the application is often in the same
 * network.
 */
export function checkWebhookSettings({ url, secrets }: WebhookSettings): WebhookIssue[] {
  return [
    ...[...findUrlIssues(url)].map((words): WebhookIssue => ({ setting: 'url', words })),
    ...[...findSecretIssues(secrets)].map((words): WebhookIssue => ({ setting: 'secrets', words })),
  ]
}
