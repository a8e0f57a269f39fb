/**
 * Takes secrets out of a text that is printed: known ones by value, others by the shape that real tokens have, and the
 * parts of URLs that carry them. Everything else stays, because an operator needs it. Work is linear: the text is cut
 * before anything is searched, and no pattern looks at a character more than a fixed number of times.
 *
 * Over 100 lines: one commented pattern for each shape.
 */

/** Printed of one text, characters; a stack of twenty frames has about 2 000. */
const MAX_CHARS = 4000
/** Searched of one text, characters: what is taken out makes space for what follows. */
const MAX_SEARCHED_CHARS = 4 * MAX_CHARS
/** Of the longest token, characters; that of STS has about 1 000. */
const MAX_WORD_CHARS = 2000
/** Shorter ones would take letters out of words; real ones have 16 characters or more. */
const MIN_SECRET_CHARS = 8

interface Shape {
  pattern: RegExp
  replacement: string | ((match: string, ...groups: string[]) => string)
}

function isUserAndPassword(base64: string): boolean {
  try {
    return atob(base64).includes(':')
  } catch {
    return false
  }
}

const PATH_SCHEMES = /^(?:https?|wss?|file|node|webpack|blob):\/\/$/i

/** Index after `user:password@`, 0 without one. */
function findHost(scheme: string, rest: string): number {
  if (/^file:/i.test(scheme)) return 0
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  // A password may hold any character: of `user:a/b@host`, the authority alone has no `@`.
  const isHostWithPort = /^(?:\[[^\]]*\]|[^:]*)(?::\d{0,5})?$/.test(authority)
  const searched = PATH_SCHEMES.test(scheme) && isHostWithPort ? authority : rest
  return searched.lastIndexOf('@') + 1
}

/** Closing brackets and full stops after a URL belong to the sentence. */
function findUrlEnd(rest: string): number {
  let end = rest.length
  while (end > 0 && ').,;:]}'.includes(rest.charAt(end - 1))) end -= 1
  return end
}

function cleanUrl(_: string, scheme = '', rest = ''): string {
  const end = findUrlEnd(rest)
  const url = rest.slice(findHost(scheme, rest), end)
  return `${scheme}${url.replace(/[?#].*$/s, '')}${rest.slice(end)}`
}

const SHAPES: readonly Shape[] = [
  {
    // PEM. Its end may be cut off.
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----)[\s\S])*/g,
    replacement: '[private key]',
  },
  {
    // Everything that names its scheme in the header: also tokens that look like nothing.
    pattern:
      /\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:Bearer|Basic|OSS4-HMAC-SHA256|OSS)) +[^"'\r\n]*/gi,
    replacement: '$1 [token]',
  },
  {
    // RFC 6750. A digit tells a token from a word.
    pattern: /\b(Bearer) +(?=[\w.~+/-]{0,2000}\d)[\w.~+/-]{16,}={0,2}/gi,
    replacement: '$1 [token]',
  },
  {
    // RFC 7617.
    pattern: /\b(Basic) +([A-Za-z0-9+/]{4,}={0,2})/g,
    replacement: (match, scheme = '', value = '') =>
      isUserAndPassword(value) ? `${scheme} [token]` : match,
  },
  // Signatures of OSS, V1 and V4, as headers and in texts.
  { pattern: /\b(OSS) +[\w.-]+:[A-Za-z0-9+/]{20,}={0,2}/g, replacement: '$1 [token]' },
  { pattern: /\b(Signature)=[0-9A-Za-z+/%]{20,}={0,2}/gi, replacement: '$1=[token]' },
  // JWT, policies and other Base64url of JSON objects.
  { pattern: /\beyJ[\w-]{8,}={0,2}(?:\.[\w-]*){0,4}/g, replacement: '[token]' },
  // Alibaba Cloud: AccessKey ids, those of STS, and its security tokens.
  { pattern: /\bLTAI[0-9A-Za-z]{10,}/g, replacement: '[access key id]' },
  { pattern: /\bSTS\.[0-9A-Za-z]{10,}/g, replacement: '[access key id]' },
  { pattern: /\bCAIS[0-9A-Za-z+/%]{32,}={0,2}/g, replacement: '[token]' },
  // Standard Webhooks, and tokens of services that applications commonly call.
  { pattern: /\bwhs(?:ec|k)_[\w+/-]{8,}={0,2}/g, replacement: '[secret]' },
  {
    pattern:
      /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|xox[abprs]-[\w-]{10,}|[sr]k_(?:live|test)_\w{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,})/g,
    replacement: '[secret]',
  },
  // URLs of every scheme.
  { pattern: /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s"'<>`]+)/gi, replacement: cleanUrl },
  {
    // Parameters without a URL before them, and settings of connections.
    pattern:
      /([?&;,\s](?:x-oss-|x-amz-)?(?:signature|security-token|credential|ossaccesskeyid|access_?token|id_?token|refresh_?token|token|api_?key|client_?secret|secret|password|passwd|pwd)=)(?!\[)[^&;,\s"'<>]+/gi,
    replacement: '$1[secret]',
  },
  {
    // JSON.
    pattern:
      /(["'](?:access_?key_?secret|security_?token|access_?token|id_?token|refresh_?token|client_?secret|api_?key|secret|password|passwd)["']\s{0,4}:\s{0,4}["'])[^"']+/gi,
    replacement: '$1[secret]',
  },
]

/** Also in the form that a query has. */
function listForms(secrets: readonly string[]): string[] {
  return secrets
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .flatMap((secret) => {
      const encoded = encodeURIComponent(secret.toWellFormed())
      return encoded === secret ? [secret] : [secret, encoded]
    })
    .sort((a, b) => b.length - a.length)
}

/** The last word may be the beginning of a token. */
function dropUnfinished(text: string): string {
  const from = Math.max(0, text.length - MAX_WORD_CHARS)
  const end = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n'), from)
  return text.slice(0, end)
}

/**
 * At most 4 000 characters of a text, without secrets, tokens, queries, and users of URLs.
 *
 * @param secrets known texts that must never be printed, at least 8 characters each
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = listForms(secrets)
  const longest = forms[0]?.length ?? 0
  // A secret that begins before the cut must be searched to its end.
  let clean = text.slice(0, MAX_SEARCHED_CHARS + longest)
  const isCut = clean.length < text.length
  for (const form of forms) clean = clean.replaceAll(form, '[secret]')
  if (isCut) clean = dropUnfinished(clean.slice(0, Math.max(0, clean.length - longest)))
  for (const { pattern, replacement } of SHAPES) {
    clean =
      typeof replacement === 'string'
        ? clean.replace(pattern, replacement)
        : clean.replace(pattern, replacement)
  }
  return clean.slice(0, MAX_CHARS)
}
