/**
 * The memory of an upload in parts, in a file: which upload on OSS, and of which file. The parts themselves are asked from
 * OSS, which alone knows what it has.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { OssError } from './errors.ts'
import type { FileStamp } from './file-source.ts'

const VERSION = 1
/** Characters; a record has about 300. */
const MAX_CHARS = 10_000

export interface Checkpoint {
  bucket: string
  key: string
  uploadId: string
  /** bytes */
  partSize: number
  file: FileStamp
}

function isCheckpoint(value: unknown): value is Checkpoint & { version: number } {
  if (typeof value !== 'object' || value === null) return false
  const { version, bucket, key, uploadId, partSize, file } = value as Record<string, unknown>
  const { size, changedAtMs } = (file ?? {}) as Record<string, unknown>
  return (
    version === VERSION &&
    [bucket, key, uploadId].every((text) => typeof text === 'string') &&
    [partSize, size, changedAtMs].every((number) => typeof number === 'number')
  )
}

/**
 * @returns undefined when there is no such file
 * @throws {OssError} `CHECKPOINT` for a file that is something else, `FILE_CHANGED` when it is of another state of the file
 */
export async function readCheckpoint(
  path: string,
  expected: Pick<Checkpoint, 'bucket' | 'key' | 'file'>,
): Promise<Checkpoint | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new OssError('CHECKPOINT', 'The checkpoint file cannot be read.', { cause })
  }
  let value: unknown
  try {
    value = text.length > MAX_CHARS ? undefined : JSON.parse(text)
  } catch {
    value = undefined
  }
  if (!isCheckpoint(value)) {
    throw new OssError('CHECKPOINT', 'The checkpoint file is none of this version: remove it.')
  }
  if (value.bucket !== expected.bucket || value.key !== expected.key) {
    throw new OssError(
      'CHECKPOINT',
      'The checkpoint file is of an upload to another key: give each upload its own.',
    )
  }
  const { size, changedAtMs } = value.file
  if (size !== expected.file.size || changedAtMs !== expected.file.changedAtMs) {
    throw new OssError(
      'FILE_CHANGED',
      'The file was changed since the upload began: remove the checkpoint file to upload it anew.',
    )
  }
  return value
}

/** Whole or not at all: a process that is killed leaves the old one. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const unfinished = `${path}.${crypto.randomUUID()}.tmp`
  await writeFile(unfinished, `${JSON.stringify({ version: VERSION, ...checkpoint })}\n`)
  await rename(unfinished, path)
}

export function removeCheckpoint(path: string): Promise<void> {
  return rm(path, { force: true })
}
