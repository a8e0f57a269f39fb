/**
 * Files that hold scripts, stored under every type of the MIME sniffing standard that a profile lets through, and opened
 * in a real engine on the bucket's own origin: none may run. The control, the same files stored by hand as what they
 * are, must run, or the test could not fail.
 *
 * @see https://mimesniff.spec.whatwg.org/
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmulator } from '../../src/emulator/index.ts'
import { signRequest } from '../../src/protocol/sign-v4.ts'
import { createService } from '../../src/service/create-service.ts'
import type { PutTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'
import vectors from '../vectors/mime-types.json' with { type: 'json' }
import type { Engine, EnginePage } from './engine.ts'

const START_MS = 120_000
/** Frames at once, and how long each may take to run its script, ms. */
const FRAMES = 40
const FRAME_MS = 2000

const SCRIPT = "top.postMessage('ran ' + location.pathname, '*')"
const BODIES: Readonly<Record<string, string>> = {
  html: `<!doctype html><title>x</title><script>${SCRIPT}</script>`,
  svg: `<svg xmlns="http://www.w3.org/2000/svg"><script>${SCRIPT}</script></svg>`,
  xhtml: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><script>${SCRIPT}</script></body></html>`,
}
const CONTROL = { html: 'text/html', svg: 'image/svg+xml', xhtml: 'application/xhtml+xml' }

const TYPES = [...new Set(vectors.map(({ input }) => input.type))]
const ACTIVE = vectors.filter(({ expect: wanted }) => wanted.kind === 'active')

/** A page on another origin, which opens frames and hears what runs in them. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>frames</title><script>
window.heard = []
addEventListener('message', ({ data }) => heard.push(data))
window.openFrames = async (urls) => {
  for (let at = 0; at < urls.length; at += ${FRAMES}) {
    const frames = urls.slice(at, at + ${FRAMES}).map((url) => {
      const frame = document.createElement('iframe')
      frame.src = url
      document.body.append(frame)
      return frame
    })
    await new Promise((resolve) => setTimeout(resolve, ${FRAME_MS}))
    for (const frame of frames) frame.remove()
  }
  return heard
}
</script><body>`

interface Stored {
  /** Paths of objects, with their bodies under every type that was let through. */
  paths: string[]
  /** Of those that were stored by hand. */
  controls: string[]
  dispositions: Map<string, string | null>
  close(): Promise<void>
  url: string
}

async function storeAll(): Promise<Stored> {
  const oss = await startEmulator({
    buckets: [{ name: 'examplebucket', region: 'cn-hangzhou', acl: 'public-read' }],
    // No callback leaves this process.
    fetch: async () => Response.json({ ok: true }, { headers: { 'content-length': '11' } }),
  })
  const { accessKeyId, accessKeySecret } = oss
  const credentials = { accessKeyId, accessKeySecret }
  const profile = { key: '{profile}/{id}', maxSize: 10_000 }
  const service = createService({
    ...createSettings(),
    endpoint: oss.url,
    credentials,
    rateLimits: { subjectPerMinute: 0 },
    profiles: {
      any: { ...profile, types: ['*'] },
      named: { ...profile, types: ACTIVE.map(({ input }) => input.type) },
    },
  })
  const token = await createBearer({ now: new Date() })
  const dispositions: Stored['dispositions'] = new Map()
  const paths: string[] = []

  async function store(name: string, type: string, body: string): Promise<void> {
    const response = await service.fetch(
      new Request('http://127.0.0.1/uploads', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ profile: name, name: 'x', type, size: body.length, method: 'put' }),
      }),
    )
    // Refused by the profile: nothing is stored.
    if (response.status === 415) return
    const ticket = (await response.json()) as PutTicket
    const { status } = await fetch(ticket.url, { method: 'PUT', headers: ticket.headers, body })
    if (status !== 200) throw new Error(`OSS says ${status} to ${type}.`)
    const path = new URL(ticket.url).pathname
    paths.push(path)
    const read = await fetch(oss.url + path)
    await read.arrayBuffer()
    dispositions.set(type, read.headers.get('content-disposition'))
  }

  for (const body of Object.values(BODIES)) {
    for (const type of TYPES) await store('any', type, body)
    for (const { input } of ACTIVE) await store('named', input.type, body)
  }
  const controls: string[] = []
  for (const [name, type] of Object.entries(CONTROL)) {
    const place = { bucket: oss.bucket, region: oss.region, endpoint: oss.url }
    const { url, headers } = signRequest(
      { ...place, key: `control/${name}`, method: 'PUT', headers: { 'content-type': type } },
      { credentials, now: new Date() },
    )
    await fetch(url, { method: 'PUT', headers, body: BODIES[name] ?? '' })
    controls.push(new URL(url).pathname)
  }
  return {
    paths,
    controls,
    dispositions,
    url: oss.url,
    async close() {
      await service.close()
      await oss.close()
    },
  }
}

export function describeStoredTypes(title: string, launch: () => Promise<Engine>): void {
  describe(title, () => {
    let stored: Stored | undefined
    let engine: Engine | undefined
    let page: EnginePage
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    })

    beforeAll(async () => {
      stored = await storeAll()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      engine = await launch()
      page = await engine.openPage()
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    }, START_MS)

    afterAll(async () => {
      await engine?.close()
      server.closeAllConnections()
      server.close()
      await stored?.close()
    }, START_MS)

    function open(paths: readonly string[]): Promise<string[]> {
      const urls = paths.map((path) => `${stored?.url}${path}`)
      return page.evaluate(
        (given) =>
          (window as unknown as { openFrames(urls: string[]): Promise<string[]> }).openFrames(
            given,
          ),
        urls,
      )
    }

    it('runs the script in a file that was stored by hand as what it is', async () => {
      const { controls = [] } = stored ?? {}
      expect((await open(controls)).sort()).toEqual(controls.map((path) => `ran ${path}`).sort())
    }, 30_000)

    it('runs none of those that a profile let through, whatever their type', async () => {
      const { paths = [], controls = [] } = stored ?? {}
      expect(paths.length).toBeGreaterThan(2 * TYPES.length)
      const heard = await open(paths)
      expect(heard.filter((word) => !controls.includes(word.replace('ran ', '')))).toEqual([])
    }, 120_000)

    it('shows what browsers show without running it', () => {
      for (const type of [
        'image/png',
        'image/jpeg',
        'application/pdf',
        'text/plain',
        'video/mp4',
      ]) {
        expect([type, stored?.dispositions.get(type)]).toEqual([type, null])
      }
    })
  })
}
