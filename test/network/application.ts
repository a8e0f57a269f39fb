/** The application: the page, the service, and the routes that the other contenders need of a server. */
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { encodeCallback } from '../../src/protocol/callback.ts'
import { presign } from '../../src/protocol/presign.ts'
import type { OssRequest } from '../../src/protocol/sign-v4.ts'
import type { Service } from '../../src/service/create-service.ts'
import { ACCESS_KEY } from '../support/keys.ts'

/** As `better-upload` suggests for large files. */
const BETTER_PART_BYTES = 50 * 2 ** 20
const BETTER_PARTS_FROM_BYTES = 50 * 2 ** 20

export interface ApplicationOptions {
  /** For browsers, and for the application itself. */
  ossUrl: string
  ownOssUrl: string
  bucket: string
  region: string
  callbackUrl: string
  script: string
  /** The SDK for browsers of ali-oss. */
  aliScript: string
  token: () => Promise<string>
  service: Service
  /** A call of the application or the service. */
  onCall: (path: string) => void
}

interface UppyRequest {
  method: string
  key: string
  uploadId?: string
  partNumber?: number
}
interface BetterRequest {
  files: { name: string; size: number; type: string }[]
}

export function createApplication(options: ApplicationOptions): Hono {
  const { ossUrl, ownOssUrl, bucket, region, callbackUrl, service } = options
  const { callback } = encodeCallback({
    url: callbackUrl,
    body: ['key=$', '{object}&size=$', '{size}'].join(''),
  })

  function sign(request: Pick<OssRequest, 'method' | 'key' | 'query' | 'headers'>, own = false) {
    const endpoint = own ? ownOssUrl : ossUrl
    return presign(
      { bucket, region, endpoint, ...request },
      { credentials: ACCESS_KEY, now: new Date(), expiresInSeconds: 3600 },
    ).url
  }

  async function signBetter({ name, size, type }: BetterRequest['files'][number]) {
    const key = `better/${randomUUID()}`
    const file = { name, size, type, objectKey: key, objectMetadata: {} }
    if (size < BETTER_PARTS_FROM_BYTES) {
      return {
        file,
        signedUrl: sign({ method: 'PUT', key, headers: { 'content-type': type } }),
      }
    }
    const created = await fetch(sign({ method: 'POST', key, query: { uploads: '' } }, true), {
      method: 'POST',
    })
    const uploadId = /<UploadId>([^<]+)/.exec(await created.text())?.[1] ?? ''
    const parts = Array.from({ length: Math.ceil(size / BETTER_PART_BYTES) }, (_, at) => ({
      partNumber: at + 1,
      size: Math.min(BETTER_PART_BYTES, size - at * BETTER_PART_BYTES),
      signedUrl: sign({
        method: 'PUT',
        key,
        query: { uploadId, partNumber: String(at + 1) },
      }),
    }))
    const headers = { 'content-type': 'application/xml' }
    const completeSignedUrl = sign({ method: 'POST', key, query: { uploadId }, headers })
    return { file, uploadId, parts, completeSignedUrl, abortSignedUrl: '' }
  }

  const app = new Hono()
  // As content delivery networks and Workers do with JSON.
  app.use(compress())
  app.use(async (c, next) => {
    if (c.req.method === 'POST') options.onCall(c.req.path)
    await next()
  })
  app.get('/', async (c) =>
    c.html(`<!doctype html><meta charset="utf-8"><title>network</title>
<link rel="icon" href="data:,">
<body data-token="${await options.token()}"><input type="file" id="files" multiple>
<script src="/ali-oss.js"></script><script type="module" src="/page.js"></script>`),
  )
  const script = (text: string) =>
    new Response(text, { headers: { 'content-type': 'text/javascript; charset=utf-8' } })
  app.get('/page.js', () => script(options.script))
  app.get('/ali-oss.js', () => script(options.aliScript))

  app.post('/put', async (c) => {
    const { type } = await c.req.json<{ type: string }>()
    const headers = { 'content-type': type }
    return c.json({
      url: sign({ method: 'PUT', key: `put/${randomUUID()}`, query: { callback }, headers }),
    })
  })
  app.post('/sign', async (c) => {
    const { method, key, uploadId, partNumber } = await c.req.json<UppyRequest>()
    const query: Record<string, string> = {
      ...(uploadId === undefined && method === 'POST' && { uploads: '' }),
      ...(uploadId !== undefined && { uploadId }),
      ...(partNumber !== undefined && { partNumber: String(partNumber) }),
    }
    const isXml = method === 'POST' && uploadId !== undefined
    const headers = partNumber === undefined && {
      'content-type': isXml ? 'application/xml' : 'application/octet-stream',
    }
    return c.json({ url: sign({ method, key, query, ...(headers && { headers }) }) })
  })
  app.post('/better', async (c) => {
    const { files } = await c.req.json<BetterRequest>()
    const signed = await Promise.all(files.map(signBetter))
    const isMultipart = signed.some((file) => 'parts' in file)
    return c.json(
      isMultipart
        ? { multipart: { files: signed, partSize: BETTER_PART_BYTES }, metadata: {} }
        : { files: signed, metadata: {} },
    )
  })
  app.post('/saved', (c) => c.json({ saved: true }))
  app.mount('/', service.fetch)
  return app
}
