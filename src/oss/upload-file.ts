/**
 * A file on disk through an upload service, from a program instead of a page: the service's ticket says where and how, OSS
 * takes the bytes, and the application's response comes back.
 * Over 200 lines: the three kinds of tickets and what follows each.
 */
import { findMediaType } from '../../client/upload/media-type.ts'
import { crc64, crc64Combine } from '../protocol/crc64.ts'
import { parseErrorXml } from '../protocol/xml.ts'
import type {
  FormTicket,
  MultipartTicket,
  PartWindow,
  PutTicket,
  Ticket,
  UploadMethod,
} from '../signer/ticket.ts'
import { isPassing, OssError } from './errors.ts'
import { checkStamp, createFileSource, openFileBlob } from './file-source.ts'
import { inParallel } from './in-parallel.ts'
import type { PartProgress } from './multipart.ts'
import {
  createServiceCaller,
  parseJson,
  type Sent,
  type ServiceCaller,
  type ServiceOptions,
} from './service-calls.ts'
import type { Part } from './source.ts'
import { checkChecksum } from './stored.ts'

export interface UploadFileOptions extends ServiceOptions {
  /** Name of the service's rules for this kind of upload. */
  profile: string
  /** As the user sees it. @default the last part of the path */
  name?: string | undefined
  /** Media type. @default by the name and the first bytes */
  type?: string | undefined
  /** The application's own data about this upload. */
  vars?: Readonly<Record<string, string>> | undefined
  /** @default the service's choice, by size */
  method?: UploadMethod | undefined
  /** Wished size of parts, bytes. */
  partSize?: number | undefined
  /** Parts at the same time; as many are held in memory. @default 4 */
  concurrency?: number | undefined
  onProgress?: ((progress: PartProgress) => void) | undefined
}

export interface UploadFileResult {
  /** Id of the upload, made by the service. */
  id: string
  key: string
  /** Decimal CRC-64 of the file, compared with OSS's. */
  crc64: string
  /** What the application responded; undefined while `delivery` is `accepted`. */
  response: unknown
  /** `accepted`: stored and recorded; the service delivers it to the application later. */
  delivery: 'done' | 'accepted'
  /** How the response came: relayed by OSS, or fetched from the service after a failed callback. */
  via: 'callback' | 'confirm'
}

const CONCURRENCY = 4
const PARTS_PER_WINDOW = 100
/** Of a file in one request the service compares the checksum, too: larger ones would be read once more for it. */
const CHECKSUM_BELOW_BYTES = 16 * 1024 * 1024
const READ_BYTES = 8 * 1024 * 1024

type FileSource = Awaited<ReturnType<typeof createFileSource>>

async function readChecksum(source: FileSource): Promise<string> {
  let sum = 0n
  for await (const { bytes } of source.parts(READ_BYTES)) sum = crc64(bytes, sum)
  return String(sum)
}

function refuse({ status, text }: Sent): never {
  const { code, ec, requestId } = parseErrorXml(text) ?? {}
  throw new OssError(
    'OSS_REFUSED',
    `OSS refused the upload (HTTP ${status}${code ? `, ${code}` : ''}).`,
    {
      status,
      remoteCode: code,
      ec,
      requestId,
    },
  )
}

/** The object exists, or the upload is over: perhaps by a request whose response was lost. */
const MAY_HAVE_ARRIVED = ['FileAlreadyExists', 'NoSuchUpload']

function toDelivered(
  id: string,
  response: unknown,
  via: UploadFileResult['via'],
): Pick<UploadFileResult, 'response' | 'delivery' | 'via'> {
  const isAccepted = JSON.stringify(response) === JSON.stringify({ status: 'accepted', id })
  return isAccepted
    ? { response: undefined, delivery: 'accepted', via }
    : { response, delivery: 'done', via }
}

/** The last request of an upload; where OSS relays no response, the service is asked. */
async function deliver(
  service: ServiceCaller,
  { id, session }: Pick<Ticket, 'id' | 'session'>,
  crc64OfFile: string,
  send: () => Promise<Sent>,
) {
  const confirm = async (reason?: object) =>
    toDelivered(
      id,
      await service.ask('/confirm', { session, ...(reason && { reason }) }),
      'confirm',
    )

  return service.repeat(async () => {
    let sent: Sent
    try {
      sent = await send()
      if (sent.status !== 200 && sent.status !== 203) refuse(sent)
    } catch (error) {
      if (!(error instanceof OssError) || error.code === 'ABORTED') throw error
      const mayBeThere = isPassing(error) || MAY_HAVE_ARRIVED.includes(error.remoteCode ?? '')
      if (!mayBeThere) throw error
      return confirm().catch(() => {
        throw error
      })
    }
    checkChecksum(sent.headers.get('x-oss-hash-crc64ecma'), crc64OfFile)
    const relayed = sent.status === 200 ? parseJson(sent.text) : undefined
    if (relayed !== undefined) return toDelivered(id, relayed, 'callback')
    const { code, ec, requestId } = parseErrorXml(sent.text) ?? {}
    return confirm({ ...(code && { code }), ...(ec && { ec }), ...(requestId && { requestId }) })
  }, isPassing)
}

function buildRequest(ticket: FormTicket | PutTicket, file: Blob): [string, RequestInit] {
  if (ticket.kind === 'put') {
    return [ticket.url, { method: 'PUT', headers: ticket.headers, body: file }]
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value)
  form.append('file', file, 'file')
  return [ticket.url, { method: 'POST', body: form }]
}

/** URLs of parts, a hundred at a time; of a part whose URL has expired, again. */
function createPartUrls(service: ServiceCaller, ticket: MultipartTicket) {
  const urls = new Map(ticket.parts.map(({ partNumber, url }) => [partNumber, url]))
  let { complete } = ticket

  async function fetchWindow(from: number): Promise<void> {
    const length = Math.min(PARTS_PER_WINDOW, ticket.partCount - from + 1)
    const partNumbers = Array.from({ length }, (_, at) => from + at)
    const window = await service.ask<PartWindow>('/parts', { session: ticket.session, partNumbers })
    for (const { partNumber, url } of window.parts) urls.set(partNumber, url)
    complete = window.complete
  }

  return {
    async find(partNumber: number): Promise<string> {
      if (!urls.has(partNumber)) await fetchWindow(partNumber)
      return urls.get(partNumber) ?? ''
    },
    expire: (partNumber: number) => void urls.delete(partNumber),
    /** Renewed, because the parts may have taken longer than the signatures live. */
    async complete(isOld: boolean) {
      if (isOld) await fetchWindow(ticket.partCount)
      return complete
    },
  }
}

async function sendParts(
  service: ServiceCaller,
  ticket: MultipartTicket,
  source: FileSource,
  { concurrency = CONCURRENCY, onProgress }: UploadFileOptions,
): Promise<{ urls: ReturnType<typeof createPartUrls>; crc64: string }> {
  const urls = createPartUrls(service, ticket)
  const sums: bigint[] = []
  let loaded = 0

  async function sendPart({ partNumber, bytes }: Part): Promise<void> {
    const sum = crc64(bytes)
    await service.repeat(
      async () => {
        const url = await urls.find(partNumber)
        const sent = await service.send(url, { method: 'PUT', body: bytes }, bytes.length)
        if (sent.status !== 200) {
          if (sent.status === 403) urls.expire(partNumber)
          refuse(sent)
        }
        checkChecksum(sent.headers.get('x-oss-hash-crc64ecma'), String(sum))
      },
      (error) => isPassing(error) || error.status === 403,
    )
    sums[partNumber - 1] = sum
    loaded += bytes.length
    onProgress?.({ loaded, total: source.size })
  }

  await inParallel(source.parts(ticket.partSize), concurrency, sendPart)
  const lengthOf = (at: number) =>
    Math.min(ticket.partSize, source.stamp.size - at * ticket.partSize)
  const whole = sums.reduce((sum, part, at) => crc64Combine(sum, part, lengthOf(at)), 0n)
  return { urls, crc64: String(whole) }
}

/** @throws {OssError} */
export async function uploadFile(
  path: string,
  options: UploadFileOptions,
): Promise<UploadFileResult> {
  const service = createServiceCaller(options)
  const source = await createFileSource(path)
  try {
    const { size } = source.stamp
    const file = await openFileBlob(path)
    const name = options.name ?? path.split(/[\\/]/).at(-1) ?? 'file'
    const isSmall = size < CHECKSUM_BELOW_BYTES
    const known = isSmall ? await readChecksum(source) : undefined
    const ticket = await service.ask<Ticket>('', {
      profile: options.profile,
      name,
      type: options.type ?? (await findMediaType(file, name)),
      size,
      ...(options.vars && { vars: options.vars }),
      ...(options.method && { method: options.method }),
      ...(options.partSize !== undefined && { partSize: options.partSize }),
      ...(known !== undefined && { crc64: known }),
    })
    const { id, key } = ticket
    if (ticket.kind === 'multipart') {
      const { urls, crc64: sum } = await sendParts(service, ticket, source, options)
      await source.check?.()
      let attempt = 0
      const delivered = await deliver(service, ticket, sum, async () => {
        attempt += 1
        const { url, headers } = await urls.complete(attempt > 1)
        return service.send(url, { method: 'POST', headers }, 0)
      })
      return { id, key, crc64: sum, ...delivered }
    }
    const sum = known ?? (await readChecksum(source))
    const [url, init] = buildRequest(ticket, file)
    const delivered = await deliver(service, ticket, sum, () =>
      service.send(url, init, size),
    ).catch(async (error: unknown) => {
      await checkStamp(path, source.stamp)
      throw error
    })
    options.onProgress?.({ loaded: size, total: size })
    return { id, key, crc64: sum, ...delivered }
  } finally {
    await source.close?.()
  }
}
