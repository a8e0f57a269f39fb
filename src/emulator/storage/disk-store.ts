/**
 * Storage in a folder: a file for each blob, and a journal of records. Without a given folder it uses a temporary
 * one, which `close` removes; a given folder holds, after a restart, every change whose `save` had resolved.
 */
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  type FileHandle,
  open,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlobWriter, RecordChange, Storage } from './storage.ts'

const READ_BYTES = 512 * 1024
const BATCH_BYTES = 512 * 1024
const SMALL_BYTES = 64 * 1024
const JOURNAL = 'journal.ndjson'

export interface DiskStorageOptions {
  /** Created when missing, kept by `close`. @default a temporary folder, removed by `close` */
  folder?: string
}

/** @throws when the folder cannot be created */
export function createDiskStorage({ folder }: DiskStorageOptions = {}): Storage {
  const root = folder ?? mkdtempSync(join(tmpdir(), 'upcall-oss-'))
  const blobs = join(root, 'blobs')
  mkdirSync(blobs, { recursive: true })
  const pathOf = (id: string) => join(blobs, id)
  const journal = folder === undefined ? undefined : createJournal(join(root, JOURNAL))
  let count = 0

  return {
    createBlob() {
      count += 1
      const id = `${Date.now().toString(36)}-${count.toString(36)}-${crypto.randomUUID().slice(0, 8)}`
      return createBlobWriter(id, pathOf(id))
    },

    async *readBlob(id, start, end) {
      if (start >= end) return
      yield* createReadStream(pathOf(id), { start, end: end - 1, highWaterMark: READ_BYTES })
    },

    deleteBlob: (id) => rm(pathOf(id), { force: true }),
    load: async () => (await journal?.load()) ?? [],
    save: async (changes) => journal?.append(changes),

    async keepOnly(ids) {
      for (const name of await readdir(blobs)) {
        if (!ids.has(name)) await rm(pathOf(name), { force: true })
      }
    },

    async close() {
      await journal?.close()
      if (folder === undefined) rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Collects small chunks into batches. A batch is written while the next fills, so memory holds two at most. */
function createBlobWriter(id: string, path: string): BlobWriter {
  let batch: Uint8Array[] = []
  let batchBytes = 0
  let file: FileHandle | undefined
  let running: Promise<void> | undefined

  async function writeBatch(chunks: Uint8Array[]): Promise<void> {
    file ??= await open(path, 'wx')
    const { bytesWritten } = await file.writev(chunks)
    const wanted = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
    if (bytesWritten !== wanted) throw new Error('The disk took only a part of the bytes.')
  }

  function flush(): void {
    const chunks = batch
    batch = []
    batchBytes = 0
    running = writeBatch(chunks)
    // It is awaited before the next batch or at the end; until then a failure must not count as unhandled.
    running.catch(() => {})
  }

  return {
    write(chunk) {
      batch.push(chunk)
      batchBytes += chunk.byteLength
      if (batchBytes < BATCH_BYTES) return undefined
      if (!running) {
        flush()
        return undefined
      }
      return running.then(flush)
    },

    async finish() {
      await running
      if (!file && batchBytes <= SMALL_BYTES) {
        // A synchronous write of few bytes is faster than three operations in the thread pool.
        writeFileSync(path, Buffer.concat(batch), { flag: 'wx' })
        return id
      }
      if (batch.length > 0) await writeBatch(batch)
      await file?.close()
      return id
    },

    async discard() {
      batch = []
      await running?.catch(() => {})
      await file?.close().catch(() => {})
      await unlink(path).catch(() => {})
    },
  }
}

/** A line for each set of changes. A line that a crash cut short is ignored. */
function createJournal(path: string) {
  let file: FileHandle | undefined
  let waiting: { line: string; done: () => void; failed: (reason: unknown) => void }[] = []
  let writing: Promise<void> | undefined

  /** Lines that arrive during a write are written together by the next. */
  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting
      waiting = []
      try {
        file ??= await open(path, 'a')
        await file.appendFile(lines.map(({ line }) => line).join(''))
        for (const { done } of lines) done()
      } catch (reason) {
        for (const { failed } of lines) failed(reason)
      }
    }
    writing = undefined
  }

  async function readLines(): Promise<string[]> {
    try {
      return (await readFile(path, 'utf8')).split('\n')
    } catch {
      return [] // the first start
    }
  }

  return {
    async load(): Promise<RecordChange[]> {
      const records = new Map<string, unknown>()
      for (const line of await readLines()) {
        for (const [name, value] of parseLine(line)) {
          if (value === null) records.delete(name)
          else records.set(name, value)
        }
      }
      // Rewritten without what was replaced, and renamed when complete.
      const text = [...records].map((record) => `${JSON.stringify([record])}\n`).join('')
      await writeFile(`${path}.new`, text)
      await rename(`${path}.new`, path)
      return [...records]
    },

    append(changes: RecordChange[]): Promise<void> {
      const line = `${JSON.stringify(changes.map(([name, value]) => [name, value ?? null]))}\n`
      return new Promise((done, failed) => {
        waiting.push({ line, done, failed })
        writing ??= writeWaiting()
      })
    },

    async close(): Promise<void> {
      await writing
      await file?.close()
    },
  }
}

function parseLine(line: string): RecordChange[] {
  try {
    return JSON.parse(line) as RecordChange[]
  } catch {
    return []
  }
}
