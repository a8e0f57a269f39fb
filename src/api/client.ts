/**
 * The service's routes for other TypeScript services: a method for each operation of `/openapi.json`, under its `operationId`.
 * `uploadFile` of `oss-upcall/node` does all of them in order; this is for programs that need one alone.
 */
import { type ApiClientOptions, callService } from './call.ts'
import type {
  ConfirmRequest,
  DeadPage,
  Deliveries,
  Health,
  OwnObjectPage,
  OwnObjectUrl,
  PartsRequest,
  PartWindow,
  Readiness,
  Replayed,
  ReplayRequest,
  SessionRequest,
  StoredUpload,
  StoredUploadRequest,
  SweepReport,
  SweepRequest,
  Ticket,
  TicketList,
  UploadRequest,
  UploadState,
} from './types.ts'

/** Every method throws {ApiError}; none repeats a request. */
export interface ApiClient {
  /** A ticket. With a key, the same request gets the same upload id again. */
  createUpload(upload: UploadRequest, options?: { idempotencyKey?: string }): Promise<Ticket>
  /** Tickets of up to 50 files; each entry is a ticket or an error of its own. */
  createUploads(uploads: readonly UploadRequest[]): Promise<TicketList>
  /** URLs of up to 100 parts, and Complete signed anew. */
  signParts(request: PartsRequest): Promise<PartWindow>
  /** The parts that OSS has of an unfinished upload. */
  readUpload(request: SessionRequest): Promise<UploadState>
  /** The application's response, when OSS relayed none. */
  confirmUpload<T = unknown>(request: ConfirmRequest): Promise<T>
  abortUpload(request: SessionRequest): Promise<void>
  /** An earlier upload of the same bytes by the same user, where the service has `findStored`. */
  findStored(request: StoredUploadRequest): Promise<StoredUpload>
  /** What the user has uploaded under a profile, where the service has `objects`. */
  listObjects(page: { profile: string; after?: string; limit?: number }): Promise<OwnObjectPage>
  /** A URL to read it. `download`: browsers save it under this name; '' under its own. */
  readObject(object: { key: string; download?: string; style?: string }): Promise<OwnObjectUrl>
  /** For operators. */
  countDeliveries(): Promise<Deliveries>
  /** For operators: a page of the deliveries that were given up. */
  listDead(page?: { after?: string; limit?: number }): Promise<DeadPage>
  /** For operators. */
  replayDead(request: ReplayRequest): Promise<Replayed>
  /** For operators: uploads whose callback was lost. */
  sweep(request?: SweepRequest): Promise<SweepReport>
  readHealth(): Promise<Health>
  /** Also while it is `not ready` (HTTP 503). */
  readReadiness(): Promise<Readiness>
  /** OpenAPI 3.1. */
  readDocument(): Promise<Record<string, unknown>>
}

function buildQuery(fields: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value))
  }
  return query.size > 0 ? `?${query}` : ''
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const get = <T>(path: string, results?: number[]) =>
    callService<T>(options, { method: 'GET', path, ...(results && { results }) })
  const post = <T>(path: string, body: object, headers?: Record<string, string>) =>
    callService<T>(options, { method: 'POST', path, body, headers })

  return {
    createUpload: (upload, { idempotencyKey } = {}) =>
      post(
        '/uploads',
        upload,
        idempotencyKey === undefined ? undefined : { 'idempotency-key': idempotencyKey },
      ),
    createUploads: (uploads) => post('/uploads', { uploads }),
    signParts: (request) => post('/uploads/parts', request),
    readUpload: (request) => post('/uploads/state', request),
    confirmUpload: (request) => post('/uploads/confirm', request),
    abortUpload: async (request) => {
      await post('/uploads/abort', request)
    },
    findStored: (request) => post('/uploads/stored', request),
    listObjects: ({ profile, after, limit }) =>
      get(`/objects${buildQuery({ profile, after, limit })}`),
    readObject: ({ key, download, style }) =>
      get(`/objects/url${buildQuery({ key, download, style })}`),
    countDeliveries: () => get('/operator/deliveries'),
    listDead: (page = {}) =>
      get(`/operator/dead${buildQuery({ after: page.after, limit: page.limit })}`),
    replayDead: (request) => post('/operator/dead/replay', request),
    sweep: (request = {}) => post('/operator/sweep', request),
    readHealth: () => get('/healthz'),
    readReadiness: () => get('/readyz', [503]),
    readDocument: () => get('/openapi.json'),
  }
}
