/** The page's side of the backend: ask it, and upload to it. */
import { inject } from 'vitest'
import type { UploadOptions } from '../../client/index.ts'
import type { BackendStats, BucketName } from './browser-backend.ts'
import type { ProxyRules } from './proxy.ts'

export async function askBackend<T>(verb: string, body: object = {}): Promise<T> {
  const response = await fetch(`${inject('backendUrl')}/${verb}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${verb}: ${response.status} ${await response.text()}`)
  return response.json()
}

export const setRules = (rules: ProxyRules) => askBackend<null>('rules', rules)
export const takeStats = () => askBackend<BackendStats>('stats')

/** Options for the service in front of a bucket, with a good token. */
export async function buildOptions(
  more: Partial<UploadOptions> = {},
  bucket: BucketName = 'open-bucket',
): Promise<UploadOptions> {
  const [urls, token] = await Promise.all([
    askBackend<Record<BucketName, string>>('urls'),
    askBackend<string>('token'),
  ])
  return {
    endpoint: urls[bucket],
    profile: 'any',
    headers: { authorization: `Bearer ${token}` },
    retryDelays: [50, 100, 200, 400],
    storage: null,
    ...more,
  }
}

/** Bytes that repeat nowhere soon. */
export function createFile(size: number, name = 'file.bin', type = ''): File {
  const bytes = new Uint8Array(size)
  const words = new Uint32Array(bytes.buffer, 0, size >> 2)
  let state = size + 1
  for (let at = 0; at < words.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    words[at] = state
  }
  return new File([bytes], name, { type, lastModified: 1_700_000_000_000 })
}

export async function sha256(file: Blob): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What OSS holds under a key. */
export function readDigest(
  key: string,
  bucket: BucketName = 'open-bucket',
): Promise<{ status: number; size: number; type: string; sha256: string }> {
  return askBackend('digest', { bucket, key })
}
