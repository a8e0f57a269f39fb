/** The official npm SDK as reference client. It has no types of its own; these are the parts that the tests use. */
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'

export interface AliResult {
  res: { status: number; headers: Record<string, string> }
  name?: string
  url?: string
  data?: unknown
  content?: Buffer
  etag?: string
  uploadId?: string
  uploads?: { name: string; uploadId: string }[]
  parts?: { PartNumber: string; Size: string; ETag: string }[] | Record<string, string>
  status?: number
  meta?: Record<string, string>
}

export interface AliCallback {
  url: string
  host?: string
  body: string
  contentType?: string
  callbackSNI?: boolean
  customValue?: Record<string, string>
}

export interface AliOptions {
  headers?: Record<string, string>
  meta?: Record<string, string>
  mime?: string
  callback?: AliCallback
  contentLength?: number
  partSize?: number
  parallel?: number
  checkpoint?: unknown
  progress?: (done: number, checkpoint: unknown) => Promise<void>
  disabledMD5?: boolean
  expires?: number
  method?: string
  'Content-Type'?: string
}

export interface AliClient {
  put(name: string, file: Buffer | string | Readable, options?: AliOptions): Promise<AliResult>
  putStream(name: string, stream: Readable, options?: AliOptions): Promise<AliResult>
  multipartUpload(name: string, file: Buffer | string, options?: AliOptions): Promise<AliResult>
  copy(name: string, source: string, options?: AliOptions): Promise<AliResult>
  listV2(query: Record<string, unknown>): Promise<AliResult & { objects?: { name: string }[] }>
  listBuckets(query: Record<string, unknown>): Promise<AliResult & { buckets?: { name: string }[] }>
  deleteMulti(names: string[]): Promise<AliResult>
  cancel(): void
  get(name: string, options?: AliOptions): Promise<AliResult>
  head(name: string): Promise<AliResult>
  delete(name: string): Promise<AliResult>
  initMultipartUpload(name: string, options?: AliOptions): Promise<AliResult>
  uploadPart(
    name: string,
    id: string,
    part: number,
    file: Buffer | string,
    start: number,
    end: number,
  ): Promise<AliResult>
  listParts(name: string, id: string, query?: Record<string, unknown>): Promise<AliResult>
  listUploads(query: Record<string, unknown>): Promise<AliResult>
  completeMultipartUpload(
    name: string,
    id: string,
    parts: { number: number; etag: string }[],
    options?: AliOptions,
  ): Promise<AliResult>
  abortMultipartUpload(name: string, id: string): Promise<AliResult>
  signatureUrl(name: string, options?: AliOptions & { callback?: AliCallback }): string
  signatureUrlV4(
    method: string,
    expires: number,
    request: { headers?: Record<string, string>; queries?: Record<string, string> },
    name: string,
    additional?: string[],
  ): Promise<string>
  calculatePostSignature(policy: object): {
    OSSAccessKeyId: string
    Signature: string
    policy: string
  }
  signPostObjectPolicyV4(policy: object, date: Date): string
}

export interface AliClientOptions {
  accessKeyId: string
  accessKeySecret: string
  stsToken?: string
  bucket: string
  endpoint: string
  region?: string
  authorizationV4?: boolean
  cname?: boolean
  sldEnable?: boolean
}

const AliOss = createRequire(import.meta.url)('ali-oss') as new (
  options: AliClientOptions,
) => AliClient

export function createAliClient(options: AliClientOptions): AliClient {
  return new AliOss({ region: 'oss-cn-hangzhou', ...options })
}

/** The error that the SDK throws: OSS's code, status and EC. */
export interface AliError {
  code: string
  status: number
  ecCode?: string
}
