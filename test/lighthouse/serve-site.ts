/** The built site of `docs` as a host of static files serves it: compressed, and `/start` is `start.html`. On loopback. */
import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { compress } from 'hono/compress'

const HOST = '127.0.0.1'

/** `/source/a.tsx` is a page, too: `a.tsx.html`. */
function findFile(root: string, path: string): string {
  if (path.endsWith('/')) return `${path}index.html`
  return existsSync(join(root, `${path}.html`)) ? `${path}.html` : path
}

export interface Site {
  origin: string
  close(): void
}

export async function serveSite(root: string): Promise<Site> {
  const app = new Hono()
  app.use(compress())
  app.use(serveStatic({ root, rewriteRequestPath: (path) => findFile(root, path) }))
  return await new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: HOST, port: 0 }, (address: AddressInfo) => {
      resolve({ origin: `http://${HOST}:${address.port}`, close })
    }) as Server
    function close(): void {
      server.closeAllConnections()
      server.close()
    }
  })
}
