/**
 * What is remembered of unfinished uploads: a port of the shape of `localStorage`, and one record for each file.
 * A record says where to ask; which parts are there only OSS knows. It never holds a URL.
 */
import { parseJson } from '../http/errors.ts'
import type { UploadOptions } from '../options.ts'
import type { MultipartFacts } from './multipart.ts'

/** `localStorage` is one; so is anything asynchronous with these three. */
export interface ResumeStore {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

export interface PreviousUpload extends MultipartFacts {
  size: number
  /** Milliseconds since 1970 by this device's clock; for people only. */
  createdAt: number
}

const PREFIX = 'upcall:'
/** Of a ticket; the rest of it is URLs. */
const KEPT = ['id', 'key', 'session', 'partSize', 'partCount', 'size', 'createdAt']

/** @returns undefined for a Blob that is no File: nothing tells it from another of the same size */
export function buildFingerprint(file: Blob, options: UploadOptions): string | undefined {
  const { endpoint, profile, vars, name } = options
  if (!(file instanceof File)) return undefined
  const { size, type, lastModified } = file
  return JSON.stringify([endpoint, profile, vars, name ?? file.name, size, type, lastModified])
}

export interface Memory {
  /** What upload() would go on with. */
  find(): Promise<PreviousUpload | undefined>
  /** Without facts: forgets it. Does nothing for a file without a fingerprint. */
  save(facts?: MultipartFacts): Promise<unknown>
  /** Bytes per second of the last upload in parts; 0: none yet. */
  readSpeed(): Promise<number>
  saveSpeed(bytesPerSecond: number): Promise<unknown>
}

/** The memory of one file. Where storage is forbidden, full or null, nothing is remembered and nothing fails. */
export function createMemory(file: Blob, options: UploadOptions): Memory {
  const { storage, fingerprint = buildFingerprint } = options
  const { size } = file
  const own = fingerprint(file, options)

  async function access(name = '', text?: string | false): Promise<string | null | undefined> {
    try {
      // Even naming `localStorage` throws where it is forbidden.
      const store = storage === undefined ? localStorage : storage
      if (!name || !store) return undefined
      const key = PREFIX + name
      if (text === undefined) return await store.getItem(key)
      await (text ? store.setItem(key, text) : store.removeItem(key))
    } catch {}
    return undefined
  }

  return {
    async find() {
      const record = parseJson<PreviousUpload>((await access(own)) ?? '')
      return record?.size === size ? record : undefined
    },
    save(facts) {
      if (!facts) return access(own, false)
      return access(own, JSON.stringify({ ...facts, size, createdAt: Date.now() }, KEPT))
    },
    readSpeed: async () => Number(await access('speed')) || 0,
    saveSpeed: (speed) => access('speed', speed.toFixed()),
  }
}
