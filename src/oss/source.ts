/** Where bytes come from: memory, a `Blob`, or anything that yields them. Files: file-source.ts. */
import { OssError } from './errors.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface Part {
  /** From 1. */
  partNumber: number
  bytes: Bytes
}

export interface PartSource {
  /** Bytes; unknown of a stream. */
  size: number | undefined
  /** In order; every part but the last has `partSize` bytes. One part, without bytes, of nothing. */
  parts(partSize: number): AsyncIterable<Part>
  /** Before the upload is completed. @throws {OssError} `FILE_CHANGED` */
  check?(): Promise<void>
  close?(): Promise<void>
}

export type Data = string | Uint8Array | Blob
export type StreamData = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/**
 * Bytes of their own: a caller that fills its buffer again must not change what is sent.
 *
 * @throws {OssError} `OPTION_INVALID` for what is none of them: JavaScript has no types
 */
export function toBlob(data: Data): Blob {
  if (data instanceof Blob) return data
  if (typeof data === 'string') return new Blob([data])
  if (data instanceof Uint8Array) return new Blob([data.slice()])
  throw new OssError(
    'OPTION_INVALID',
    'The data must be text, a Uint8Array or a Blob; multipartUpload also takes { path } and streams.',
  )
}

/** The parts of so many bytes, in order; `read` gets the first byte of each and its length. One part of nothing. */
export async function* cutParts(
  size: number,
  partSize: number,
  read: (at: number, length: number) => Promise<Bytes>,
): AsyncGenerator<Part> {
  for (let at = 0, partNumber = 1; at < size || at === 0; at += partSize, partNumber += 1) {
    yield { partNumber, bytes: await read(at, Math.min(partSize, size - at)) }
  }
}

export function createBlobSource(blob: Blob): PartSource {
  return {
    size: blob.size,
    parts: (partSize) =>
      cutParts(blob.size, partSize, async (at, length) => {
        return new Uint8Array(await blob.slice(at, at + length).arrayBuffer())
      }),
  }
}

function listChunks(stream: StreamData): AsyncIterable<Uint8Array> {
  return stream as AsyncIterable<Uint8Array>
}

/** Fills one part after the other; holds one of them at a time. */
export function createStreamSource(stream: StreamData): PartSource {
  return {
    size: undefined,
    async *parts(partSize) {
      let part = new Uint8Array(partSize)
      let length = 0
      let partNumber = 1
      for await (const chunk of listChunks(stream)) {
        if (!(chunk instanceof Uint8Array)) {
          throw new OssError('OPTION_INVALID', 'The stream must yield Uint8Array, not text.')
        }
        for (let at = 0; at < chunk.length; ) {
          const taken = Math.min(partSize - length, chunk.length - at)
          part.set(chunk.subarray(at, at + taken), length)
          length += taken
          at += taken
          if (length < partSize) continue
          yield { partNumber, bytes: part }
          partNumber += 1
          part = new Uint8Array(partSize)
          length = 0
        }
      }
      if (length > 0 || partNumber === 1) yield { partNumber, bytes: part.subarray(0, length) }
    },
  }
}
