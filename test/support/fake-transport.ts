/** A service and an OSS in memory behind the client's transport: scripted, counted, without a network. */
import {
  type Transport,
  type TransportRequest,
  type TransportResponse,
  UploadError,
  upload,
} from '../../client/index.ts'
import { crc64 } from '../../src/protocol/crc64.ts'
import { lengthOfPart } from '../../src/protocol/part-plan.ts'
import { createFile } from './browser-page.ts'

export function createResponse(
  status: number,
  body: object | string = {},
  headers: Record<string, string> = {},
): TransportResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, text, header: (name) => headers[name] }
}

export function createProblem(status: number, code: string, retryable = false): TransportResponse {
  return createResponse(status, {
    error: { code, message: `It is ${code}.`, requestId: 'req-1', retryable },
  })
}

export function createOssError(status: number, code: string, ec = ''): TransportResponse {
  return createResponse(
    status,
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Says OSS.</Message><RequestId>5C3D</RequestId><EC>${ec}</EC><StringToSign>PLANTED</StringToSign></Error>`,
  )
}

export const EXPIRED = () => createOssError(403, 'AccessDenied', '0002-00000236')

type Move = (
  request: TransportRequest,
) => TransportResponse | UploadError | undefined | Promise<TransportResponse | undefined>

export interface FakeBackend {
  transport: Transport
  /** e.g. `sign /uploads`, `PUT 3`, `complete`. */
  log: string[]
  /** Each request, for tests that need more than the log. */
  requests: TransportRequest[]
  /** Called first for each request; undefined: the backend responds as usual. */
  onRequest: (line: string, request: TransportRequest) => ReturnType<Move>
  /** Parts that are stored. */
  parts: Map<number, { size: number; crc64: string }>
  isStored: boolean
  /** The most requests with bytes at the same time. */
  mostAtOnce: number
  settings: {
    kind: 'form' | 'put' | 'multipart'
    partSize: number
    lifeSeconds: number
    exposeCrc: boolean
  }
}

const toPath = (url: string) => new URL(url).pathname

async function readBytes(body: TransportRequest['body']): Promise<Uint8Array> {
  const source = body instanceof FormData ? body.get('file') : (body ?? '')
  return new Uint8Array(await new Response(source as Blob).arrayBuffer())
}

export function createFakeBackend(settings: Partial<FakeBackend['settings']> = {}): FakeBackend {
  let size = 0
  let tickets = 0
  let windows = 0
  let busy = 0
  const backend: FakeBackend = {
    log: [],
    requests: [],
    onRequest: () => undefined,
    parts: new Map(),
    isStored: false,
    mostAtOnce: 0,
    settings: { kind: 'form', partSize: 10, lifeSeconds: 900, exposeCrc: true, ...settings },
    transport: send,
  }

  function buildWindow(partNumbers: number[]) {
    windows += 1
    const query = `w=${windows}&x-oss-expires=${backend.settings.lifeSeconds}`
    return {
      parts: partNumbers.map((partNumber) => ({
        partNumber,
        url: `https://oss.test/key?partNumber=${partNumber}&${query}`,
      })),
      complete: {
        url: `https://oss.test/key?complete&${query}`,
        headers: { 'x-oss-complete-all': 'yes' },
      },
      expiresAt: '2026-11-22T08:15:00.000Z',
    }
  }

  function buildTicket(request: { size: number; partSize?: number }) {
    const { kind } = backend.settings
    size = request.size
    tickets += 1
    backend.parts.clear()
    backend.isStored = false
    const facts = { kind, id: `id-${tickets}`, key: 'key', session: `session-${tickets}` }
    if (kind === 'form') {
      return {
        ...facts,
        url: 'https://oss.test/',
        fields: { key: 'key', policy: 'p', 'x:seal': 's' },
      }
    }
    if (kind === 'put')
      return { ...facts, url: 'https://oss.test/key', headers: { 'Content-Type': 'a/b' } }
    // A service that allows no larger part than its setting.
    const partSize = Math.min(request.partSize ?? Infinity, backend.settings.partSize)
    const partCount = Math.ceil(size / partSize)
    backend.settings.partSize = partSize
    const first = Array.from({ length: Math.min(100, partCount) }, (_, at) => at + 1)
    return { ...facts, partSize, partCount, ...buildWindow(first) }
  }

  function respondAsService(path: string, body: Record<string, unknown>): TransportResponse {
    switch (path) {
      case '/uploads':
        return createResponse(201, buildTicket(body as { size: number }))
      case '/uploads/parts':
        return createResponse(200, buildWindow(body.partNumbers as number[]))
      case '/uploads/state':
        return createResponse(200, {
          parts: [...backend.parts].map(([partNumber, part]) => ({
            partNumber,
            ...part,
            etag: 'e',
          })),
        })
      case '/uploads/confirm':
        return backend.isStored
          ? createResponse(200, { stored: size, by: 'confirm' })
          : createProblem(404, 'OBJECT_MISSING')
      default:
        return createResponse(204, '')
    }
  }

  async function respondAsOss({ url, body, method }: TransportRequest): Promise<TransportResponse> {
    const { searchParams } = new URL(url)
    const partNumber = Number(searchParams.get('partNumber'))
    const bytes = await readBytes(body)
    const sum = String(crc64(bytes))
    const headers: Record<string, string> = backend.settings.exposeCrc
      ? { 'x-oss-hash-crc64ecma': sum }
      : {}
    if (partNumber) {
      const wanted = lengthOfPart(size, backend.settings.partSize, partNumber)
      if (bytes.length !== wanted) return createOssError(403, 'SignatureDoesNotMatch')
      backend.parts.set(partNumber, { size: bytes.length, crc64: sum })
      return createResponse(200, '', headers)
    }
    if (method === 'POST' && searchParams.has('complete') && backend.isStored) {
      return createOssError(404, 'NoSuchUpload')
    }
    backend.isStored = true
    return createResponse(200, { stored: size, by: 'callback' }, headers)
  }

  function describe({ url, method, stage }: TransportRequest): string {
    const { host, searchParams } = new URL(url)
    if (host !== 'oss.test') return `${stage} ${toPath(url)}`
    if (searchParams.has('complete')) return 'complete'
    const partNumber = searchParams.get('partNumber')
    return partNumber ? `PUT ${partNumber}` : method
  }

  async function send(request: TransportRequest): Promise<TransportResponse> {
    const { signal, onSent, body, url } = request
    signal.throwIfAborted()
    const line = describe(request)
    backend.log.push(line)
    backend.requests.push(request)
    const isOss = new URL(url).host === 'oss.test'
    if (isOss) busy += 1
    backend.mostAtOnce = Math.max(backend.mostAtOnce, busy)
    try {
      // Another task: nothing here is faster than a promise chain can be.
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
      const planned = await backend.onRequest(line, request)
      signal.throwIfAborted()
      if (planned instanceof UploadError) throw planned
      if (planned) return planned
      if (!isOss) return respondAsService(toPath(url), JSON.parse(String(body)))
      const { length } = await readBytes(body)
      onSent?.(Math.floor(length / 2), length)
      onSent?.(length, length)
      return await respondAsOss(request)
    } finally {
      if (isOss) busy -= 1
    }
  }
  return backend
}

export const NETWORK = () => new UploadError('NETWORK', 'send')

/** Options for `upload()` against this backend; retries without waiting. */
export function buildFakeOptions({ transport }: FakeBackend) {
  return {
    endpoint: 'https://service.test',
    profile: 'any',
    transport,
    retryDelays: [0, 0, 0, 0],
    storage: null,
  }
}

/** The port of `localStorage`, in memory. */
export function createFakeStore() {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

/** An upload of 95 bytes in parts that has failed after some of them, and the store that records it. */
export async function failHalfWay() {
  const backend = createFakeBackend({ kind: 'multipart' })
  const storage = createFakeStore()
  const options = { ...buildFakeOptions(backend), storage }
  backend.onRequest = (line) =>
    Number(line.slice(4)) > 6 ? createOssError(403, 'AccessDenied') : undefined
  const { code } = await upload(createFile(95), options).then(
    () => ({ code: 'none' }),
    (error: UploadError) => error,
  )
  if (code !== 'AccessDenied') throw new Error(`It ended with ${code}.`)
  backend.onRequest = () => undefined
  const stored = [...backend.parts.keys()]
  backend.log.length = 0
  return { setup: backend, storage, options, stored }
}
