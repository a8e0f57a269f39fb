/** For the guides: a local OSS, and services on sockets whose users the bearer names. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Service, ServiceOptions } from 'oss-upcall'
import { type RunningEmulator, startEmulator } from 'oss-upcall/emulator'
import { createNodeHandler, createOssClient, type OssClient, uploadFile } from 'oss-upcall/node'
import { afterAll, beforeAll } from 'vitest'

const START_MS = 30_000

export type Settings = Omit<ServiceOptions, 'profiles' | 'onReceipt'>

interface FileToSend {
  /** `tenant:user` */
  as?: string
  name?: string
  type?: string
  content?: string
  vars?: Record<string, string>
}

export interface GuideSetup {
  local: RunningEmulator
  oss: OssClient
  /** Opens what `create` makes, with a page of its own at `/`. Returns its origin. */
  serve(create: (settings: Settings) => Service, html?: string): Promise<string>
  /** Uploads a text as this user, and returns what the application said. */
  send(
    endpoint: string,
    profile: string,
    file?: FileToSend,
  ): Promise<{ id: string; key: string; response: Record<string, string> }>
  exists(key: string): Promise<boolean>
}

function readUser(request: Request) {
  const bearer = request.headers.get('authorization')?.replace('Bearer ', '') ?? ''
  const [tenant = '', subject = ''] = bearer.split(':')
  return subject === '' ? undefined : { subject, claims: { tenant } }
}

/** Starts it for all tests of a file. */
export function startGuideSetup(): GuideSetup {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-guides-'))
  const servers: Server[] = []

  const setup = {} as GuideSetup
  Object.assign(setup, {
    async serve(create, html = '') {
      let handle: ReturnType<typeof createNodeHandler> | undefined
      const server = createServer((request, response) => {
        if (request.url !== '/') {
          void handle?.(request, response)
          return
        }
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
      }).listen(0, '127.0.0.1')
      servers.push(server)
      await once(server, 'listening')
      const address = server.address()
      const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
      const { bucket, region, url: endpoint, accessKeyId, accessKeySecret, emulator } = setup.local
      const service = create({
        bucket,
        region,
        endpoint,
        credentials: { accessKeyId, accessKeySecret },
        callbackKeys: { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey },
        secret: 'x'.repeat(32),
        publicUrl: origin,
        writeLog: () => {},
        authenticate: async (request) => readUser(request),
      })
      handle = createNodeHandler(service)
      return origin
    },
    async send(
      endpoint,
      profile,
      { as = 'acme:ann', name = 'a.png', type = 'image/png', content = '照片', vars = {} } = {},
    ) {
      const path = join(folder, name)
      writeFileSync(path, content)
      const headers = { authorization: `Bearer ${as}` }
      const result = await uploadFile(path, { endpoint, profile, headers, type, vars })
      return { ...result, response: result.response as Record<string, string> }
    },
    async exists(key) {
      const { objects } = await setup.oss.listObjects(key)
      return objects.some((object) => object.key === key)
    },
  } satisfies Partial<GuideSetup>)

  beforeAll(async () => {
    const cors = { allowedOrigins: ['*'], allowedMethods: ['PUT', 'POST'], allowedHeaders: ['*'] }
    setup.local = await startEmulator({ buckets: [{ name: 'examplebucket', cors: [cors] }] })
    const { bucket, region, url: endpoint, accessKeyId, accessKeySecret } = setup.local
    const credentials = { accessKeyId, accessKeySecret }
    setup.oss = createOssClient({ bucket, region, endpoint, credentials })
  }, START_MS)

  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
    await setup.local?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return setup
}
