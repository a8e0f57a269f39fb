/** The uploads of the application: its users, its rules, its database. */
import { createDeliver, createService, type Receipt, readConfig, type Service } from 'oss-upcall'
import { readClientFiles } from 'oss-upcall/node'
import { createSqliteOutbox } from 'oss-upcall/outbox-sqlite'
import { getDatabase } from './database.ts'
import type { Photo } from './photos.ts'
import { profiles } from './profiles.ts'
import { findUser } from './users.ts'

const own = {
  profiles,
  authenticate(request: Request) {
    const user = findUser(request)
    return user ? { subject: user } : undefined
  },
  // Once for each upload, with facts that were verified; what it returns is what the page gets.
  async onReceipt({ id, subject, key, name, size, at }: Receipt): Promise<Photo> {
    getDatabase()
      .prepare('INSERT OR IGNORE INTO photos VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, subject, key, name, size, at.getTime())
    return { id, key, name, size }
  },
}

async function open(): Promise<Service<Photo>> {
  const settings = { ...readConfig(process.env, { own }), assets: readClientFiles() }
  const outbox = await createSqliteOutbox({
    folder: settings.dataFolder,
    deliver: createDeliver(settings),
  })
  // `objects`: users may read what they have uploaded, by /api/files/objects/url.
  const service = createService({ ...settings, outbox, objects: { profiles: ['photos'] } })
  // Finds uploads whose callback was lost.
  setInterval(() => service.sweep().catch(console.error), 300_000).unref()
  return service
}

/** Bundlers may load this file several times in one process, development servers after each change: the service is one. */
const shared = globalThis as { uploads?: Promise<Service> | undefined }

/** Opened by the first request: builds load this file, too, without the variables. */
export const uploads = {
  async fetch(request: Request): Promise<Response> {
    shared.uploads ??= open().catch((error: unknown) => {
      shared.uploads = undefined // The next request tries again.
      console.error(error instanceof Error ? error.message : error)
      throw error
    })
    return (await shared.uploads).fetch(request)
  },
}
