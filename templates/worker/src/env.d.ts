/** The bindings of wrangler.toml, and the settings of .env.example that the Worker itself reads. */
declare namespace Cloudflare {
  interface Env extends Record<string, unknown> {
    DB: D1Database
    LEDGER: DurableObjectNamespace
    APP_USERS?: string
    UPCALL_PUBLIC_URL?: string
  }
}
