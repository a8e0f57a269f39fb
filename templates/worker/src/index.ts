import { photos } from './photos.ts'
import { openService } from './uploads.ts'
import { session } from './users.ts'

export { Ledger } from './uploads.ts'

export default {
  fetch(request: Request, env: Cloudflare.Env): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/api/session') return session.fetch(request)
    if (pathname === '/api/photos') return photos.fetch(request)
    // Other addresses, too: it responds with 404.
    return openService(env).fetch(request)
  },
  /** By the cron trigger of wrangler.toml. */
  async scheduled(_: unknown, env: Cloudflare.Env): Promise<void> {
    console.log(await openService(env).sweep())
  },
}
