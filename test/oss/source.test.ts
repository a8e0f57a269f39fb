import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createBlobSource,
  createStreamSource,
  type PartSource,
  toBlob,
} from '../../src/oss/source.ts'

async function readAll(source: PartSource, partSize: number): Promise<number[][]> {
  const parts: number[][] = []
  for await (const { partNumber, bytes } of source.parts(partSize)) {
    parts.push([...bytes])
    expect(partNumber).toBe(parts.length)
  }
  return parts
}

describe('the parts of a source', () => {
  it('are the same however a stream cuts its bytes, and as of a Blob', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 20 }), async (pieces, partSize) => {
        const all = pieces.flatMap((piece) => [...piece])
        const expected: number[][] = []
        for (let at = 0; at < all.length || at === 0; at += partSize) {
          expected.push(all.slice(at, at + partSize))
        }
        const stream = (async function* () {
          yield* pieces
        })()
        expect(await readAll(createStreamSource(stream), partSize)).toEqual(expected)
        const blob = new Blob(pieces)
        expect(await readAll(createBlobSource(blob), partSize)).toEqual(expected)
      }),
    )
  })

  it('are those of the moment of the call, when the caller fills its buffer again', async () => {
    const buffer = new Uint8Array([1, 2, 3])
    const blob = toBlob(buffer)
    buffer.fill(9)
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([1, 2, 3])
  })
})
