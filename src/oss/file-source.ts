/** Files on disk as sources of parts: Node, and what has `node:fs` as Node has it. */
import { openAsBlob } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { OssError } from './errors.ts'
import { cutParts, type PartSource } from './source.ts'

/** What tells that a file is another one now. */
export interface FileStamp {
  /** bytes */
  size: number
  /** Time of the last change, ms since 1970. */
  changedAtMs: number
}

export async function readStamp(path: string): Promise<FileStamp> {
  const { size, mtimeMs } = await stat(path)
  return { size, changedAtMs: mtimeMs }
}

function refuseChanged(): never {
  throw new OssError(
    'FILE_CHANGED',
    'The file was changed while it was uploaded: start again with the file as it is now.',
  )
}

/** @throws {OssError} `FILE_CHANGED` */
export async function checkStamp(path: string, { size, changedAtMs }: FileStamp): Promise<void> {
  const now = await readStamp(path).catch(() => undefined)
  if (now?.size !== size || now.changedAtMs !== changedAtMs) refuseChanged()
}

/** Reads when it is sent; a file that changes until then fails to be read. */
export function openFileBlob(path: string): Promise<Blob> {
  return openAsBlob(path)
}

async function readFully(
  file: FileHandle,
  at: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(bytes, read, length - read, at + read)
    if (bytesRead === 0) refuseChanged()
    read += bytesRead
  }
  return bytes
}

export async function createFileSource(path: string): Promise<PartSource & { stamp: FileStamp }> {
  const stamp = await readStamp(path)
  const file = await open(path, 'r')
  return {
    stamp,
    size: stamp.size,
    parts: (partSize) =>
      cutParts(stamp.size, partSize, (at, length) => readFully(file, at, length)),
    check: () => checkStamp(path, stamp),
    close: () => file.close(),
  }
}
