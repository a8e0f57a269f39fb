/** The files that `upcall init` writes, as texts. */
import { buildSessionPolicy } from '../credentials/session-policy.ts'
import type { Profile } from '../signer/profile.ts'
import { buildCorsRule, EXPOSED, MAX_AGE_SECONDS } from './doctor/cors-rule.ts'
import type { Environment } from './env-files.ts'

/** What the page sends to OSS: see docs/service.md, "To a real bucket". */
const METHODS = ['PUT', 'POST']

/** For the console and `ossutil`. @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketcors */
export function buildCorsXml(origins: readonly string[]): string {
  const rule = buildCorsRule(origins, METHODS).replace(/^/gm, '  ')
  return `<?xml version="1.0" encoding="UTF-8"?>
<CORSConfiguration>
${rule}
  <ResponseVary>true</ResponseVary>
</CORSConfiguration>
`
}

/** The same rule in the names that the SDKs and `ossutil api put-bucket-cors` use. */
export function buildCorsJson(origins: readonly string[]): string {
  const rule = {
    AllowedOrigin: origins,
    AllowedMethod: METHODS,
    AllowedHeader: ['*'],
    ExposeHeader: EXPOSED,
    MaxAgeSeconds: MAX_AGE_SECONDS,
  }
  return `${JSON.stringify({ CORSRule: [rule], ResponseVary: true }, undefined, 2)}\n`
}

/** What the RAM user or role of the service may do, and nothing else. */
export function buildRamPolicy(
  bucket: string,
  profiles: Readonly<Record<string, Profile>>,
): string {
  return `${JSON.stringify(JSON.parse(buildSessionPolicy(bucket, profiles)), undefined, 2)}\n`
}

/** Quotes only where a reader would stop: docker keeps them as part of the value. */
function writeVariable(name: string, value: string): string {
  if (/^[^\s'"`#\\][^'`#\\\n]*$|^$/.test(value)) return `${name}=${value.trimEnd()}`
  if (!value.includes("'")) return `${name}='${value}'`
  return `${name}=${JSON.stringify(value)}`
}

export function buildEnvFile(title: string, env: Environment): string {
  const lines = Object.entries(env).map(([name, value]) => writeVariable(name, value))
  return `# ${title}\n${lines.join('\n')}\n`
}

/** Texts of JSON are texts of TOML. */
function writeVars(env: Environment): string {
  return Object.entries(env)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join('\n')
}

/** For a project that has the package among its dependencies. */
export function buildWranglerToml(env: Environment, secrets: readonly string[]): string {
  return `# Upcall on Cloudflare Workers: set the secrets, then \`npx wrangler deploy\`.
name = "upcall"
main = "node_modules/oss-upcall/dist/src/entry/worker.js"
compatibility_date = "2026-10-01"
# node:crypto: hashes, HMAC, and the RSA-MD5 of OSS's callbacks, which Web Crypto does not have.
compatibility_flags = ["nodejs_compat"]
minify = true
keep_names = false

# The browser client.
[assets]
directory = "node_modules/oss-upcall/dist/browser"
binding = "ASSETS"

# Receipts are recorded here, and delivered from here.
[[durable_objects.bindings]]
name = "LEDGER"
class_name = "Ledger"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Ledger"]

# The sweep: finds uploads whose callback was lost and whose page was closed.
[triggers]
crons = ["*/5 * * * *"]

[observability]
enabled = true

[vars]
${writeVars(env)}

# Secrets are never in this file. For \`wrangler dev\` they stand in .dev.vars; each for production:
${secrets.map((name) => `#   npx wrangler secret put ${name}`).join('\n')}
`
}
