/**
 * The recipes of docs/frameworks.md: those whose imports need no tool of the framework run here, as they stand; all of them
 * run in `npm run test:frameworks`.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createApp, toNodeListener } from 'h3'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { closeServers, createEmbeddedService, listen } from '../support/embedded-service.ts'
import { APPS } from './apps.ts'
import { listRecipes, PAGES, RECIPES, renewPage } from './page.ts'

const { service, upload } = createEmbeddedService()

vi.mock('oss-upcall/node', () => import('../../src/node.ts'))
vi.mock('../../docs/examples/frameworks/uploads.ts', () => ({
  uploads: { fetch: (request: Request) => service.fetch(request) },
}))
vi.mock('@/uploads', () => import('../../docs/examples/frameworks/uploads.ts'))
vi.mock('~~/server/uploads', () => import('../../docs/examples/frameworks/uploads.ts'))

afterEach(closeServers)

/** Lines for the service: no imports, comments, closing brackets, and not the one that creates the application. */
function listLines(path: string): string[] {
  const text = readFileSync(`${RECIPES}/${path}`, 'utf8')
  const other = /^\s*(?:import .*|\/[/*].*|\*.*|[})\]]*|export const app = .*)$/
  return text.split('\n').filter((line) => !other.test(line))
}

const LISTENERS: Record<string, () => Promise<RequestListener>> = {
  'express.ts': async () => (await import('../../docs/examples/frameworks/express.ts')).app,
  'fastify.ts': async () => {
    const { app } = await import('../../docs/examples/frameworks/fastify.ts')
    await app.ready()
    return app.routing as RequestListener
  },
  'koa.ts': async () =>
    (await import('../../docs/examples/frameworks/koa.ts')).app.callback() as RequestListener,
  'hono.ts': async () =>
    getRequestListener((await import('../../docs/examples/frameworks/hono.ts')).app.fetch),
  'next/pages/api/files/[...path].ts': async () =>
    (await import('../../docs/examples/frameworks/next/pages/api/files/[...path].ts')).default,
  // As their frameworks call them.
  'next/app/api/files/[...path]/route.ts': async () =>
    getRequestListener(
      (await import('../../docs/examples/frameworks/next/app/api/files/[...path]/route.ts')).POST,
    ),
  'nuxt/server/routes/api/files/[...path].ts': async () => {
    const route = await import(
      '../../docs/examples/frameworks/nuxt/server/routes/api/files/[...path].ts'
    )
    return toNodeListener(createApp().use(route.default))
  },
}

describe('the recipe', () => {
  it.each(Object.entries(LISTENERS))('%s takes an upload by form and callback', async (_, open) => {
    await upload(await open())
  })

  it.each(['express.ts', 'fastify.ts', 'koa.ts', 'hono.ts'])(
    '%s leaves other addresses to the application',
    async (path) => {
      const open = LISTENERS[path]
      const origin = await listen((await open?.()) ?? (() => {}))
      const response = await fetch(`${origin}/other`)
      expect(response.status).toBe(404)
      expect(response.headers.has('x-request-id')).toBe(false)
    },
  )

  const mounts = listRecipes().filter((path) => path !== 'uploads.ts')
  it.each(mounts)('%s has at most five lines', (path) => {
    expect(listLines(path).length).toBeGreaterThan(0)
    expect(listLines(path).length).toBeLessThanOrEqual(5)
  })

  it('is in the folder only if an application uses it', () => {
    const files = globSync('**/*.ts', { cwd: RECIPES }).sort()
    expect(files).toEqual(listRecipes().sort())
  })
})

it.each(PAGES)('%s is as `node test/frameworks/page.ts` writes it', (path) => {
  const page = readFileSync(path, 'utf8')
  expect(page).toBe(renewPage(page))
})

it('docs/frameworks.md has every recipe', () => {
  const page = readFileSync('docs/frameworks.md', 'utf8')
  for (const path of listRecipes()) expect(page).toContain(`<!-- recipe ${path} -->`)
})

describe.each([...new Set(APPS.map(({ folder }) => folder)), 'lines'])(
  'the application %s',
  (folder) => {
    const at = `test/frameworks/${folder}`

    it('has exact versions, and a lock file that names no registry', () => {
      const { dependencies } = JSON.parse(readFileSync(`${at}/package.json`, 'utf8'))
      const versions = Object.values<string>(dependencies)
      expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
      const lock = readFileSync(`${at}/package-lock.json`, 'utf8')
      expect(lock).not.toContain('"resolved"')
      expect(JSON.parse(lock).packages[''].dependencies).toEqual(dependencies)
    })

    it('holds no recipe of its own', () => {
      const targets = APPS.filter((app) => app.folder === folder).flatMap(({ recipe }) =>
        Object.values(recipe),
      )
      expect(targets.filter((path) => existsSync(`${at}/${path}`))).toEqual([])
    })
  },
)
