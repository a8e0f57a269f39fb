/**
 * What is remembered of unfinished uploads: a port of the shape of `localStorage`, and one record for each file.
 * A record says where to ask; which parts are there only OSS knows. It never holds a URL.
 */
import { parseJson } from './errors.ts'
import type { MultipartFacts } from './multipart.ts'
import type { UploadOptions } from './options.ts'

/** `localStorage` is one; so is anything asynchronous with these three. */
export interface ResumeStore {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

export interface PreviousUpload extends MultipartFacts {
  size: number
  fingerprint: string
  /** Milliseconds since 1970 by this device's clock; for people only. */
  createdAt: number
}

const PREFIX = 'upcall:'
const SPEED = `${PREFIX}speed`

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
  /** Does nothing for a file without a fingerprint. */
  save(facts: MultipartFacts): Promise<unknown>
  forget(): Promise<unknown>
  /** Bytes per second of the last upload in parts; 0: none yet. */
  readSpeed(): Promise<number>
  saveSpeed(bytesPerSecond: number): Promise<unknown>
}

/** The memory of one file. Where storage is forbidden, full or null, nothing is remembered and nothing fails. */
export function createMemory(file: Blob, options: UploadOptions): Memory {
  const fingerprint = (options.fingerprint ?? buildFingerprint)(file, options)
  const at = PREFIX + fingerprint

  async function attempt<T>(work: (store: ResumeStore) => T): Promise<Awaited<T> | undefined> {
    try {
      // Even naming `localStorage` throws where it is forbidden.
      const store = options.storage === undefined ? localStorage : options.storage
      return store && fingerprint ? await work(store) : undefined
    } catch {
      return undefined
    }
  }

  return {
    async find() {
      const text = await attempt((store) => store.getItem(at))
      const record = text && parseJson<PreviousUpload>(text)
      return record && record.size === file.size && record.partSize > 0 ? record : undefined
    },
    save: ({ id, key, session, partSize, partCount }) =>
      attempt((store) => {
        const facts = { id, key, session, partSize, partCount }
        const record = { ...facts, size: file.size, fingerprint, createdAt: Date.now() }
        return store.setItem(at, JSON.stringify(record))
      }),
    forget: () => attempt((store) => store.removeItem(at)),
    readSpeed: async () => Number(await attempt((store) => store.getItem(SPEED))) || 0,
    saveSpeed: (speed) => attempt((store) => store.setItem(SPEED, speed.toFixed())),
  }
}
