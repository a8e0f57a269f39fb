import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PartCrcs } from '../../../client/upload/checksum.ts'
import { createChecksum, digestBlob } from '../../../client/upload/checksum.ts'
import { createPartTable, rangeOfPart, setPart } from '../../../client/upload/part-table.ts'
import { crc64 } from '../../../src/protocol/crc64.ts'
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

it('falls back to the scalar code where WebAssembly is forbidden', async () => {
  const { Module } = WebAssembly
  WebAssembly.Module = class {
    constructor() {
      throw new WebAssembly.CompileError('forbidden by the policy of this test')
    }
  } as unknown as typeof WebAssembly.Module
  try {
    const file = createFile(2_500_000)
    expect(await createChecksum(false).crc64(file)).toBe(await sum(file))
  } finally {
    WebAssembly.Module = Module
  }
})

describe('who reads', () => {
  afterEach(() => vi.restoreAllMocks())

  it('reads parts in a worker: the page itself never does', async () => {
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    const checksum = createChecksum()
    const file = createFile(2_000_000)
    const slice = vi.spyOn(file, 'slice')
    const crcs: PartCrcs = new Map()
    checksum.note(crcs, 1, file)
    expect(await crcs.get(1)).toBe(await sum(file))
    expect(post).toHaveBeenCalledTimes(2)
    expect(slice).not.toHaveBeenCalled()
  })

  it('starts no worker for small files', async () => {
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    const checksum = createChecksum()
    await checksum.crc64(createFile(2 ** 20))
    expect(post).not.toHaveBeenCalled()
  })

  it('reads a larger file in the page until the worker has started, the next in the worker', async () => {
    const checksum = createChecksum()
    const [first, second] = [createFile(2_000_000), createFile(2_000_000)]
    const slices = [first, second].map((file) => vi.spyOn(file, 'slice'))
    expect(await checksum.crc64(first)).toBe(await sum(first))
    expect(slices[0]).toHaveBeenCalledTimes(2)
    checksum.note(new Map(), 1, createFile(1))
    await vi.waitFor(async () => {
      slices[1]?.mockClear()
      expect(await checksum.crc64(second)).toBe(await sum(second))
      expect(slices[1]).not.toHaveBeenCalled()
    })
  })
})

it('rejects when the bytes cannot be read', async () => {
  const broken = {
    size: 1,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
  }
  const engine = { blockBytes: 4, update: () => 0n }
  await expect(digestBlob(broken as unknown as Blob, engine)).rejects.toThrow('gone')
})
