/**
 * CRC-64 of what is read, beside the upload: of parts in a worker where the page allows one, else here in short pieces;
 * in WebAssembly where allowed, else by the scalar code.
 */
import { crc64Combine, crc64 as crc64OfBytes } from '../../src/protocol/crc64.ts'
import { type Crc64Engine, createCrc64Engine } from '../../src/protocol/crc64-engine.ts'
import { type PartTable, rangeOfPart } from './part-table.ts'

export interface Checksum {
  /** Decimal CRC-64 of a blob's bytes, read from its source. Rejects when the file cannot be read. */
  crc64(blob: Blob): Promise<string>
  /** Starts the checksum of a part that is being sent, unless it was started before. */
  note(crcs: PartCrcs, partNumber: number, part: Blob): void
  /**
   * Numbers of the parts of which OSS has other bytes than the file.
   *
   * @param readStored fills the table's CRCs where CORS hid them in the responses
   */
  findMismatches(
    file: Blob,
    table: PartTable,
    crcs: PartCrcs,
    readStored: () => Promise<void>,
  ): Promise<number[]>
  /** Decimal CRC-64 of the whole file, once all its parts are known. */
  combine(table: PartTable, crcs: PartCrcs): Promise<string>
}

/** Part number → CRC-64 of what was read here. */
export type PartCrcs = Map<number, Promise<string>>

/** About 2 ms of the scalar code: no task of the page waits longer. */
const BLOCK_BYTES = 1 << 20

type Digest = (blob: Blob) => Promise<bigint>

/** Of a read without a stream, which crosses processes: a worker reads a whole part at once, because there it blocks no page. */
const WORKER_READ_BYTES = 8 << 20

/**
 * Reads by a stream into one buffer: new memory costs as much as the sum. Uses nothing outside itself: the worker runs its text.
 *
 * @param readers lives as long as the page: Chromium collects a stream that nothing refers to, and a read that waits never ends
 * @param readBytes of a read without a stream; a multiple of the engine's block
 * @throws the browser's error for a file that was changed, moved or removed, or is a folder
 */
export async function digestBlob(
  blob: Blob,
  { blockBytes, update }: Crc64Engine,
  readers: Set<unknown>,
  readBytes = blockBytes,
): Promise<bigint> {
  let crc = 0n
  let reader: ReadableStreamBYOBReader | undefined
  try {
    reader = blob.stream().getReader({ mode: 'byob' })
    readers.add(reader)
    let left = blob.size
    let buffer = new ArrayBuffer(Math.min(blockBytes, left))
    while (left) {
      const { value } = await reader.read(new Uint8Array(buffer))
      if (!value?.byteLength) break
      buffer = value.buffer
      crc = update(crc, new Uint8Array(buffer, 0, value.byteLength))
      left -= value.byteLength
    }
    if (!left) return crc
  } catch {
    // Browsers without such streams; and a stream does not say why it broke, reading again does.
  } finally {
    readers.delete(reader)
  }
  crc = 0n
  for (let from = 0; from < blob.size; from += readBytes) {
    const bytes = new Uint8Array(await blob.slice(from, from + readBytes).arrayBuffer())
    for (let at = 0; at < bytes.length; at += blockBytes) {
      crc = update(crc, bytes.subarray(at, at + blockBytes))
    }
  }
  return crc
}

const pageReaders = new Set()
/** Chooses WebAssembly where it pays, at the first bytes that it is for: starting it takes longer than a small file does. */
const pageEngine: Crc64Engine = {
  blockBytes: BLOCK_BYTES,
  update: (previous, data) => crc64OfBytes(data, previous),
}
const digestInPage: Digest = (blob) => digestBlob(blob, pageEngine, pageReaders)

/** @throws where workers, blob: addresses or WebAssembly in them are forbidden */
async function createWorkerDigest(): Promise<Digest> {
  const source = `const engine = (${createCrc64Engine})(), digest = ${digestBlob}, readers = new Set()
onmessage = ({ data: [id, blob] }) => digest(blob, engine, readers, ${WORKER_READ_BYTES}).then(
  (crc) => postMessage([id, crc]),
  (error) => postMessage([id, undefined, error]))`
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  const worker = new Worker(url)
  const waiting = new Map<
    number,
    { resolve: (crc: bigint) => void; reject: (error: unknown) => void }
  >()
  let ids = 0
  worker.onmessage = ({ data: [id, crc, error] }) => {
    const asked = waiting.get(id)
    waiting.delete(id)
    if (crc === undefined) asked?.reject(error)
    else asked?.resolve(crc)
  }
  worker.onerror = (event) => {
    event.preventDefault()
    for (const { reject } of waiting.values()) reject(new Error('The checksum worker failed.'))
    waiting.clear()
  }
  const digest: Digest = (blob) =>
    new Promise((resolve, reject) => {
      ids += 1
      waiting.set(ids, { resolve, reject })
      worker.postMessage([ids, blob])
    })
  try {
    // The check value of CRC-64/XZ: detects a worker that a bundler has broken.
    if ((await digest(new Blob(['123456789']))) !== 0x995dc9bbdf1939fan)
      throw new Error('wrong sum')
    return digest
  } catch (error) {
    worker.terminate()
    throw error
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Files up to this size are read here, at once: a worker or a stream takes longer to start than they take to read. Bytes. */
const SMALL_BYTES = 1 << 20

/** @param mayUseWorker false in tests of the page without a worker */
export function createChecksum(mayUseWorker = true): Checksum {
  let starting: Promise<Digest> | undefined
  /** Set once the worker has started. */
  let workerDigest: Digest | undefined
  /** Larger files that are read at the moment. */
  let largeReads = 0

  /** Where there is no worker, all is read here. */
  function startWorker(): Promise<Digest> {
    starting ??= (mayUseWorker ? createWorkerDigest() : Promise.resolve(digestInPage))
      .catch(() => digestInPage)
      .then((digest) => {
        workerDigest = digest
        return digest
      })
    return starting
  }

  /** A ticket waits for this sum: until the worker has started, the page reads. One file alone would be delayed by its start. */
  async function crc64(blob: Blob): Promise<string> {
    if (blob.size <= SMALL_BYTES)
      return String(crc64OfBytes(new Uint8Array(await blob.arrayBuffer())))
    if (largeReads) void startWorker()
    largeReads += 1
    return String(await (workerDigest ?? digestInPage)(blob).finally(() => (largeReads -= 1)))
  }

  /** A part is sent meanwhile: nothing waits but the end. */
  const crc64OfPart = async (part: Blob) => String(await (await startWorker())(part))

  const note: Checksum['note'] = (crcs, partNumber, part) => {
    if (crcs.has(partNumber)) return
    const crc = crc64OfPart(part)
    // findMismatches awaits it and sees the failure; before that it must not be reported as unhandled.
    crc.catch(() => {})
    crcs.set(partNumber, crc)
  }

  return {
    crc64,
    note,
    async findMismatches(file, table, crcs, readStored) {
      if (table.rows.some((row) => row.kind === 'stored' && !row.crc64)) await readStored()
      const wrong: number[] = []
      for (const [at, row] of table.rows.entries()) {
        note(crcs, at + 1, file.slice(...rangeOfPart(table, at + 1)))
        if (row.kind !== 'stored' || row.crc64 !== (await crcs.get(at + 1))) {
          crcs.delete(at + 1)
          wrong.push(at + 1)
        }
      }
      return wrong
    },
    async combine(table, crcs) {
      let whole = 0n
      for (const at of table.rows.keys()) {
        const [from, to] = rangeOfPart(table, at + 1)
        whole = crc64Combine(whole, BigInt((await crcs.get(at + 1)) ?? 0), to - from)
      }
      return String(whole)
    },
  }
}
