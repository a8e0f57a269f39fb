import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PartCrcs } from '../../../client/upload/checksum.ts'
import { createChecksum, digestBlob } from '../../../client/upload/checksum.ts'
import { createPartTable, rangeOfPart, setPart } from '../../../client/upload/part-table.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
import { createCrc64Engine } from '../../../src/protocol/crc64-engine.ts'
import { createFile } from '../../support/browser-page.ts'

const SIZES = [0, 1, 15, 16, 17, 1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 5]

const neverAsked = () => Promise.reject(new Error('Every CRC is known.'))

async function sum(file: Blob): Promise<string> {
  return String(crc64(new Uint8Array(await file.arrayBuffer())))
}

describe.each([
  ['in a worker', true],
  ['in the page', false],
])('the checksum %s', (_, mayUseWorker) => {
  it.each(SIZES)('of %i bytes equals the scalar one', async (size) => {
    const checksum = createChecksum(mayUseWorker)
    const file = createFile(size)
    expect(await checksum.crc64(file)).toBe(await sum(file))
  })

  it('keeps many files apart that are asked for at the same time', async () => {
    const checksum = createChecksum(mayUseWorker)
    const files = [5, 3_000_000, 17, 1_000_000].map((size) => createFile(size))
    const sums = await Promise.all(files.map((file) => checksum.crc64(file)))
    expect(sums).toEqual(await Promise.all(files.map(sum)))
  })

  it('combines parts to the whole and names the part that differs', async () => {
    const checksum = createChecksum(mayUseWorker)
    const file = createFile(250_001)
    const table = createPartTable(file.size, 100_000, 3)
    for (const partNumber of [1, 2, 3]) {
      const part = file.slice(...rangeOfPart(table, partNumber))
      setPart(table, partNumber, { kind: 'stored', crc64: await sum(part) })
    }
    const crcs: PartCrcs = new Map()
    expect(await checksum.findMismatches(file, table, crcs, neverAsked)).toEqual([])
    expect(await checksum.combine(table, crcs)).toBe(await sum(file))
    setPart(table, 2, { kind: 'stored', crc64: '1' })
    expect(await checksum.findMismatches(file, table, crcs, neverAsked)).toEqual([2])
  })
})

describe('who reads', () => {
  afterEach(() => vi.restoreAllMocks())

  it('reads parts in a worker: the page itself never does', async () => {
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    const checksum = createChecksum()
    const file = createFile(2_000_000)
    const reads = [vi.spyOn(file, 'slice'), vi.spyOn(file, 'stream')]
    const crcs: PartCrcs = new Map()
    checksum.note(crcs, 1, file)
    expect(await crcs.get(1)).toBe(await sum(file))
    expect(post).toHaveBeenCalledTimes(2)
    for (const read of reads) expect(read).not.toHaveBeenCalled()
  })

  it('starts no worker for small files', async () => {
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    const checksum = createChecksum()
    await checksum.crc64(createFile(2 ** 20))
    expect(post).not.toHaveBeenCalled()
  })

  it('starts no worker for larger files one after the other, and one for two at a time', async () => {
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    const checksum = createChecksum()
    await checksum.crc64(createFile(2_000_000))
    const broken = createFile(2_000_000)
    const refuse = () => {
      throw new DOMException('gone', 'NotReadableError')
    }
    vi.spyOn(broken, 'stream').mockImplementation(refuse)
    vi.spyOn(broken, 'slice').mockImplementation(refuse)
    await expect(checksum.crc64(broken)).rejects.toThrow('gone')
    await checksum.crc64(createFile(2_000_000))
    expect(post).not.toHaveBeenCalled()
    await Promise.all([
      checksum.crc64(createFile(2_000_000)),
      checksum.crc64(createFile(2_000_000)),
    ])
    await vi.waitFor(() => expect(post).toHaveBeenCalled())
  })

  it('reads a larger file in the page until the worker has started, the next in the worker', async () => {
    const checksum = createChecksum()
    const [first, second] = [createFile(2_000_000), createFile(2_000_000)]
    const streams = [first, second].map((file) => vi.spyOn(file, 'stream'))
    expect(await checksum.crc64(first)).toBe(await sum(first))
    expect(streams[0]).toHaveBeenCalledOnce()
    checksum.note(new Map(), 1, createFile(1))
    await vi.waitFor(async () => {
      streams[1]?.mockClear()
      expect(await checksum.crc64(second)).toBe(await sum(second))
      expect(streams[1]).not.toHaveBeenCalled()
    })
  })
})

/** Not in WebKit of 2026. */
function hasByteStreams(): boolean {
  try {
    return !!new ReadableStream({ type: 'bytes' })
  } catch {
    return false
  }
}

/** A stream for buffers of the reader's own, where the browser has such streams, that gives so many bytes of a blob and then ends or breaks. */
function createShortStream(file: Blob, bytes: number, isBroken: boolean): ReadableStream {
  let left = bytes
  if (!hasByteStreams()) return new ReadableStream()
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      if (left) {
        controller.enqueue(new Uint8Array(await file.slice(0, left).arrayBuffer()))
        left = 0
      } else if (isBroken) controller.error(new TypeError('network error'))
      else {
        controller.close()
        controller.byobRequest?.respond(0)
      }
    },
  })
}

describe('a read', () => {
  const engine = createCrc64Engine()

  it('uses one buffer for a whole blob and no slice, where the browser has streams for that', async () => {
    const file = createFile(5_000_001)
    const slice = vi.spyOn(file, 'slice')
    const buffer = vi.spyOn(file, 'arrayBuffer')
    const digest = await digestBlob(file, engine, new Set())
    expect(slice.mock.calls.length).toBe(hasByteStreams() ? 0 : 5)
    expect(buffer).not.toHaveBeenCalled()
    expect(String(digest)).toBe(await sum(file))
  })

  it.each<[string, (file: Blob) => ReadableStream]>([
    ['is of a browser without streams for own buffers', () => new ReadableStream()],
    ['breaks in the middle', (file) => createShortStream(file, 1_500_000, true)],
    ['ends before the file does', (file) => createShortStream(file, 1_500_000, false)],
    ['is refused', () => createShortStream(createFile(0), 0, true)],
  ])('whose stream %s is done again piece by piece', async (_, createStream) => {
    const file = createFile(3_000_001)
    vi.spyOn(file, 'stream').mockReturnValue(createStream(file))
    const slice = vi.spyOn(file, 'slice')
    const digest = await digestBlob(file, engine, new Set(), 2 * engine.blockBytes)
    expect(slice.mock.calls.map(([from]) => from)).toContain(2 * engine.blockBytes)
    slice.mockRestore()
    expect(String(digest)).toBe(await sum(file))
  })
})

it('rejects with the error of the read without a stream when the bytes cannot be read', async () => {
  const broken = {
    size: 1,
    stream: () => createShortStream(createFile(0), 0, true),
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
  }
  const readers = new Set()
  const digest = digestBlob(broken as unknown as Blob, createCrc64Engine(), readers)
  await expect(digest).rejects.toThrow('gone')
  expect(readers.size).toBe(0)
})
