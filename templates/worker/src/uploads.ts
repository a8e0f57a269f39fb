/** The uploads of the application: its users, its rules, its database. */
import { env } from 'cloudflare:workers'
import { createService, type Receipt, readConfig, type Service } from 'oss-upcall'
import { createDurableObjectOutbox, createLedger } from 'oss-upcall/worker'
import type { Photo } from './photos.ts'
import { profiles } from './profiles.ts'
import { findUser } from './users.ts'

const own = {
  profiles,
  async authenticate(request: Request) {
    const user = await findUser(request)
    return user ? { subject: user } : undefined
  },
  // Once for each upload, with facts that were verified; what it returns is what the page gets.
  async onReceipt({ id, subject, key, name, size, at }: Receipt): Promise<Photo> {
    await env.DB.prepare('INSERT OR IGNORE INTO photos VALUES (?, ?, ?, ?, ?, ?)')
      .bind(id, subject, key, name, size, at.getTime())
      .run()
    return { id, key, name, size }
  },
}

/** Records receipts, and calls `onReceipt`; the binding LEDGER names it. */
export const Ledger = createLedger(own)

let service: Service | undefined

export function openService(env: Cloudflare.Env): Service {
  service ??= createService({
    ...readConfig(env, { own }),
    outbox: createDurableObjectOutbox(env.LEDGER),
    // Users may read what they have uploaded, by /api/files/objects/url.
    objects: { profiles: ['photos'] },
  })
  return service
}
