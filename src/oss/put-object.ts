/**
 * PutObject with a callback, as OSS's manual shows it for other languages: `put_object` and `put_object_from_file`.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
import { createCrc64 } from '../protocol/crc64.ts'
import type { CallOss } from './call.ts'
import {
  buildCallbackHeaders,
  type CallbackOptions,
  readStored,
  type StoredResult,
} from './stored.ts'

export interface PutOptions extends CallbackOptions {
  /** Media type. @default OSS's, by the key */
  type?: string | undefined
  /** Further headers, e.g. `x-oss-storage-class` or `x-oss-meta-album`. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Refuse (409 `FileAlreadyExists`) when there is an object of this key. @default false, as in OSS */
  forbidOverwrite?: boolean | undefined
  signal?: AbortSignal | undefined
}

export function buildObjectHeaders({ type, headers, forbidOverwrite }: PutOptions) {
  return {
    ...headers,
    ...(type !== undefined && { 'content-type': type }),
    ...(forbidOverwrite && { 'x-oss-forbid-overwrite': 'true' }),
  }
}

async function computeCrc64(blob: Blob): Promise<string> {
  const crc = createCrc64()
  for await (const chunk of blob.stream()) crc.update(chunk)
  return String(crc.value())
}

/**
 * Sends and reads it at the same time; what OSS has is compared with what was read. A `Blob` with a type is sent as that type:
 * `fetch` would add it to the request after it was signed.
 */
export async function putBlob(
  call: CallOss,
  key: string,
  blob: Blob,
  options: PutOptions,
): Promise<StoredResult> {
  const [response, crc64] = await Promise.all([
    call({
      operation: 'PutObject',
      method: 'PUT',
      key,
      headers: {
        ...(blob.type && { 'content-type': blob.type }),
        ...buildObjectHeaders(options),
        ...buildCallbackHeaders(options),
      },
      body: blob,
      signal: options.signal,
    }),
    computeCrc64(blob),
  ])
  const hasCallback = options.callback !== undefined
  return readStored(response, { key, crc64, etag: '', hasCallback })
}
