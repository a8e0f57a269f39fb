/**
 * Records of unfinished uploads in a `ResumeStore`, one for each file. A record says which upload to ask about;
 * OSS says which of its parts are stored. It never contains a URL.
 */
import { parseJson } from '../http/response.ts'
import type { UploadOptions } from '../options.ts'
import type { MultipartFacts } from './part-table.ts'

export interface PreviousUpload extends MultipartFacts {
  /** Bytes of what is uploaded. */
  size: number
  /** Milliseconds since 1970 by this device's clock; for people only. */
  createdAt: number
}

const PREFIX = 'upcall:'
/** Fields of a ticket that are recorded; the rest of it is URLs. */
const RECORDED = ['id', 'key', 'session', 'partSize', 'partCount', 'size', 'createdAt']

/** @returns undefined for a Blob that is not a File: it cannot be told from another of the same size */
export function buildFingerprint(file: Blob, options: UploadOptions): string | undefined {
  const { endpoint, profile, vars, name, transform } = options
  if (!(file instanceof File)) return undefined
  const { size, type, lastModified } = file
  const own = [name ?? file.name, size, type, lastModified]
  // A function cannot be told from another; parts of what has had none must not stay.
  return JSON.stringify([endpoint, profile, vars, ...own, !!transform])
}

export interface ResumeRecord {
  /** The unfinished upload that upload() would continue. @param size of what is uploaded; undefined: not known yet */
  find(size?: number): Promise<PreviousUpload | undefined>
  /** Without facts: removes the record. Does nothing for a file without a fingerprint. */
  save(facts?: MultipartFacts & { size: number }): Promise<unknown>
  /** Bytes per second of the last upload in parts; 0: unknown. */
  readSpeed(): Promise<number>
  saveSpeed(bytesPerSecond: number): Promise<unknown>
}

/** The record of one file. Where storage is forbidden, full or null, nothing is recorded and nothing fails. */
export function createResumeRecord(file: Blob, options: UploadOptions): ResumeRecord {
  const { storage, fingerprint = buildFingerprint } = options
  const own = fingerprint(file, options)

  async function access(name = '', text?: string | false): Promise<string | null | undefined> {
    try {
      // Reading the global `localStorage` throws where it is forbidden.
      const store = storage === undefined ? localStorage : storage
      if (!name || !store) return undefined
      const key = PREFIX + name
      if (text === undefined) return await store.getItem(key)
      await (text ? store.setItem(key, text) : store.removeItem(key))
    } catch {}
    return undefined
  }

  return {
    async find(size) {
      const record = parseJson<PreviousUpload>((await access(own)) ?? '')
      return record?.session && record.size === (size ?? record.size) ? record : undefined
    },
    save(facts) {
      if (!facts) return access(own, false)
      return access(own, JSON.stringify({ ...facts, createdAt: Date.now() }, RECORDED))
    },
    readSpeed: async () => Number(await access('speed')) || 0,
    saveSpeed: (speed) => access('speed', speed.toFixed()),
  }
}
