/** The settings of the webhook: checked together, each issue naming its setting, none quoting a value. */
import { MAKE_WEBHOOK_SECRET, parseWebhookSecret } from '../../webhook/signature.ts'
import { isSafeUrl, parseUrl } from '../safe-url.ts'

export interface WebhookSettings {
  /** Where events are sent. May have a query; it is never shown in an error. */
  url?: string | undefined
  /** The first is the new one; all of them sign, so that the receiver may have either. */
  secrets?: readonly string[] | undefined
}

/** What each setting is called where it was set. */
export type WebhookSettingNames = Readonly<Record<keyof WebhookSettings, string>>

/** A change of secret needs two; each is one more signature in a header of limited length. */
const MAX_SECRETS = 10

/** `whsec_…` separated by commas or blanks → a list; empty when nothing is set. */
export function splitWebhookSecrets(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((secret) => secret !== '')
}

function* listUrlIssues(text: string): Generator<string> {
  const url = parseUrl(text)
  if (!url || !isSafeUrl(url)) {
    yield 'must be an https URL (http only on this machine)'
    return
  }
  if (url.username || url.password) {
    yield 'must have no user or password; the signature tells the receiver who sends'
  }
  if (url.hash) yield 'must have no fragment (#): it would not be sent'
}

function isSecret(secret: unknown): boolean {
  try {
    return typeof secret === 'string' && parseWebhookSecret(secret) !== undefined
  } catch {
    return false
  }
}

function* listSecretIssues(secrets: readonly string[]): Generator<string> {
  for (const [at, secret] of secrets.entries()) {
    if (isSecret(secret)) continue
    yield `has no secret in place ${at + 1}: whsec_ and the Base64 of 24 to 64 bytes; ${MAKE_WEBHOOK_SECRET}`
  }
  if (new Set(secrets).size < secrets.length) yield 'has the same secret twice'
  if (secrets.length > MAX_SECRETS) yield `has more than ${MAX_SECRETS} secrets`
}

/**
 * Everything that is wrong with the settings, as sentences; nothing when they can work, or when no webhook is set.
 *
 * Private addresses are allowed: the operator sets the URL, never a user, and the application is often in the same
 * network.
 */
export function listWebhookIssues(
  { url, secrets = [] }: WebhookSettings,
  names: WebhookSettingNames = { url: 'webhook.url', secrets: 'webhook.secrets' },
): string[] {
  if (!url && secrets.length === 0) return []
  const issues: string[] = []
  if (!url) issues.push(`${names.url} is missing, while ${names.secrets} is set.`)
  else for (const issue of listUrlIssues(url)) issues.push(`${names.url} ${issue}.`)
  if (secrets.length === 0) {
    issues.push(`${names.secrets} is missing, while ${names.url} is set; ${MAKE_WEBHOOK_SECRET}.`)
  }
  for (const issue of listSecretIssues(secrets)) issues.push(`${names.secrets} ${issue}.`)
  return issues
}
