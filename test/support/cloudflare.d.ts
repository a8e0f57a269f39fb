/** What the tests use of workerd's own module; `@cloudflare/workers-types` is not installed for one name. */
declare module 'cloudflare:workers' {
  export const env: Record<string, unknown>
}
