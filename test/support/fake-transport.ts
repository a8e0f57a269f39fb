/** A service and an OSS in memory behind the client's transport port: scripted, counted, without a network. */
import {
  type Transport,
  type TransportRequest,
  type TransportResponse,
  UploadError,
} from '../../client/index.ts'
import { crc64 } from '../../src/protocol/crc64.ts'
import { lengthOfPart } from '../../src/protocol/part-plan.ts'

export function createAnswer(
  status: number,
  body: object | string = {},
  headers: Record<string, string> = {},
): TransportResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, text, header: (name) => headers[name] }
}

export function createProblem(status: number, code: string, retryable = false): TransportResponse {
  return createAnswer(status, {
    error: { code, message: `It is ${code}.`, requestId: 'req-1', retryable },
  })
}

export function createOssError(status: number, code: string, ec = ''): TransportResponse {
  return createAnswer(
    status,
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Says OSS.</Message><RequestId>5C3D</RequestId><EC>${ec}</EC><StringToSign>PLANTED</StringToSign></Error>`,
  )
}

export const EXPIRED = () => createOssError(403, 'AccessDenied', '0002-00000236')

type Move = (
  request: TransportRequest,
) => TransportResponse | UploadError | undefined | Promise<TransportResponse | undefined>

export interface FakeWorld {
  transport: Transport
  /** e.g. `sign /uploads`, `PUT 3`, `complete`. */
  log: string[]
  /** What each request was, for those who want more than the log. */
  requests: TransportRequest[]
  /** Asked first for each line of the log; undefined: the setup answers as usual. */
  onRequest: (line: string, request: TransportRequest) => ReturnType<Move>
  /** Parts that OSS has. */
  parts: Map<number, { size: number; crc64: string }>
  isStored: boolean
  /** The most requests with bytes at the same time. */
  busiest: number
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

export function createFakeWorld(settings: Partial<FakeWorld['settings']> = {}): FakeWorld {
  let size = 0
  let tickets = 0
  let windows = 0
  let busy = 0
  const setup: FakeWorld = {
    log: [],
    requests: [],
    onRequest: () => undefined,
    parts: new Map(),
    isStored: false,
    busiest: 0,
    settings: { kind: 'form', partSize: 10, lifeSeconds: 900, exposeCrc: true, ...settings },
    transport: send,
  }

  function buildWindow(partNumbers: number[]) {
    windows += 1
    const query = `w=${windows}&x-oss-expires=${setup.settings.lifeSeconds}`
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
    const { kind } = setup.settings
    size = request.size
    tickets += 1
    setup.parts.clear()
    setup.isStored = false
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
    const partSize = request.partSize ?? setup.settings.partSize
    const partCount = Math.ceil(size / partSize)
    setup.settings.partSize = partSize
    const first = Array.from({ length: Math.min(100, partCount) }, (_, at) => at + 1)
    return { ...facts, partSize, partCount, ...buildWindow(first) }
  }

  function answerService(path: string, body: Record<string, unknown>): TransportResponse {
    switch (path) {
      case '/uploads':
        return createAnswer(201, buildTicket(body as { size: number }))
      case '/uploads/parts':
        return createAnswer(200, buildWindow(body.partNumbers as number[]))
      case '/uploads/state':
        return createAnswer(200, {
          parts: [...setup.parts].map(([partNumber, part]) => ({ partNumber, ...part, etag: 'e' })),
        })
      case '/uploads/confirm':
        return setup.isStored
          ? createAnswer(200, { stored: size, by: 'confirm' })
          : createProblem(404, 'OBJECT_MISSING')
      default:
        return createAnswer(204, '')
    }
  }

  async function answerOss({ url, body, method }: TransportRequest): Promise<TransportResponse> {
    const { searchParams } = new URL(url)
    const partNumber = Number(searchParams.get('partNumber'))
    const bytes = await readBytes(body)
    const sum = String(crc64(bytes))
    const headers: Record<string, string> = setup.settings.exposeCrc
      ? { 'x-oss-hash-crc64ecma': sum }
      : {}
    if (partNumber) {
      const wanted = lengthOfPart(size, setup.settings.partSize, partNumber)
      if (bytes.length !== wanted) return createOssError(403, 'SignatureDoesNotMatch')
      setup.parts.set(partNumber, { size: bytes.length, crc64: sum })
      return createAnswer(200, '', headers)
    }
    if (method === 'POST' && searchParams.has('complete') && setup.isStored) {
      return createOssError(404, 'NoSuchUpload')
    }
    setup.isStored = true
    return createAnswer(200, { stored: size, by: 'callback' }, headers)
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
    setup.log.push(line)
    setup.requests.push(request)
    const isOss = new URL(url).host === 'oss.test'
    if (isOss) busy += 1
    setup.busiest = Math.max(setup.busiest, busy)
    try {
      // Another task: nothing here is faster than a promise chain can be.
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
      const planned = await setup.onRequest(line, request)
      signal.throwIfAborted()
      if (planned instanceof UploadError) throw planned
      if (planned) return planned
      if (!isOss) return answerService(toPath(url), JSON.parse(String(body)))
      const { length } = await readBytes(body)
      onSent?.(Math.floor(length / 2), length)
      onSent?.(length, length)
      return await answerOss(request)
    } finally {
      if (isOss) busy -= 1
    }
  }
  return setup
}

export const NETWORK = () => new UploadError('NETWORK', 'send')

/** Options for `upload()` in this setup; retries at once. */
export function buildFakeOptions({ transport }: FakeWorld) {
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
