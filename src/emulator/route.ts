/**
 * First step of a request: what it asks for, and of which bucket. Nothing is thrown, because the steps after it
 * (CORS headers, the log) need what was known when a request turned out to be wrong.
 */
import { PUBLIC_KEY_PATH } from './callback/signing-key.ts'
import type { EmulatorRequest } from './http/message.ts'
import { checkKey, parseTarget, type Query, type Target } from './http/target.ts'
import { findBucket } from './operations/find-bucket.ts'
import {
  findOperation,
  findServiceOperation,
  type Operation,
  type ServiceOperation,
} from './operations/routes.ts'
import type { Catalog } from './storage/catalog.ts'
import type { Bucket } from './storage/model.ts'
import { findStsAction, type StsAction } from './sts/sts.ts'

/** The names that a request gives, for the log; empty where it has none, or was refused before. */
export interface RequestNames {
  bucket: string
  key: string
  operation: Operation | ServiceOperation | StsAction | 'OptionObject' | ''
}

export type Route =
  | { kind: 'public-key'; names: RequestNames }
  | { kind: 'sts'; names: RequestNames; query: Query }
  | { kind: 'preflight'; names: RequestNames; bucket: Bucket }
  | {
      kind: 'operation'
      names: RequestNames
      bucket: Bucket
      operation: Operation
      key: string
      query: Query
    }
  | {
      kind: 'service'
      names: RequestNames
      bucket?: undefined
      operation: ServiceOperation
      query: Query
      bucketName: string | undefined
    }
  /** `bucket` is there when it was found before the request was refused. */
  | { kind: 'refused'; names: RequestNames; bucket?: Bucket; error: unknown }

export const UNNAMED: RequestNames = { bucket: '', key: '', operation: '' }

/** @param customDomains host name → bucket */
export function findRoute(
  request: EmulatorRequest,
  catalog: Catalog,
  customDomains: ReadonlyMap<string, string>,
  { hasSts = false }: { hasSts?: boolean } = {},
): Route {
  const { method, headers } = request
  const host = headers.host ?? ''
  const parsed = attempt(() => parseTarget(request.target, host, customDomains))
  if (!parsed.ok) return { kind: 'refused', names: UNNAMED, error: parsed.error }
  const target: Target = parsed.value
  if (method === 'GET' && target.bucket === '-' && target.path === PUBLIC_KEY_PATH) {
    return { kind: 'public-key', names: UNNAMED }
  }
  const { key, query } = target
  const action = hasSts ? findStsAction(request, target.path, query) : undefined
  if (action) return { kind: 'sts', names: { ...UNNAMED, operation: action }, query }
  const names: RequestNames = { bucket: target.bucket ?? '', key, operation: '' }
  const service = findServiceOperation(method, target)
  if (service) {
    const bucketName = target.bucket
    return {
      kind: 'service',
      names: { ...names, operation: service },
      operation: service,
      query,
      bucketName,
    }
  }
  const found = attempt(() => findBucket(catalog, target, host))
  if (!found.ok) return { kind: 'refused', names, error: found.error }
  const bucket = found.value
  if (method === 'OPTIONS') {
    return { kind: 'preflight', names: { ...names, operation: 'OptionObject' }, bucket }
  }
  const asked = attempt(() => findOperation(method, key, query, headers))
  if (!asked.ok) return { kind: 'refused', names, bucket, error: asked.error }
  const operation = asked.value
  const named: RequestNames = { ...names, operation }
  const checked = attempt(() => key === '' || checkKey(key))
  if (!checked.ok) return { kind: 'refused', names: named, bucket, error: checked.error }
  return { kind: 'operation', names: named, bucket, operation, key, query }
}

type Attempt<Value> = { ok: true; value: Value } | { ok: false; error: unknown }

function attempt<Value>(run: () => Value): Attempt<Value> {
  try {
    return { ok: true, value: run() }
  } catch (error) {
    return { ok: false, error }
  }
}
