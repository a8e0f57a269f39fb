/** What SQLite and the file system report, in words for the one who runs the service. */
import { OutboxError } from '../service/delivery/outbox.ts'

/** SQLite's result codes. @see https://www.sqlite.org/rescode.html */
const WORDS: Record<number, string> = {
  5: 'another process has it open; one process at a time may use it',
  6: 'another process has it open; one process at a time may use it',
  8: 'it cannot be written: the file, its folder or the file system is read-only',
  10: 'the disk reported an error',
  11: 'it is damaged; restore it from a copy, or move it away and let the sweep find the uploads again',
  14: 'it cannot be opened',
  26: 'it is not an outbox: the file has another format',
}
const SQLITE_FULL = 13
/** The low byte of an extended code is the code. */
const CODE_MASK = 0xff

/** @returns an `OutboxError`; any error that is not SQLite's is returned as it is */
export function translateSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof OutboxError) return error
  if ('code' in error && error.code === 'ERR_INVALID_STATE') {
    return new OutboxError('OUTBOX_CLOSED', 'The outbox is closed.', { cause: error })
  }
  if (!('errcode' in error)) {
    return 'syscall' in error ? describeFileError(error, file) : error
  }
  const code = Number(error.errcode) & CODE_MASK
  if (code === SQLITE_FULL) {
    return new OutboxError(
      'OUTBOX_FULL',
      `The outbox ${file} has no space left: the disk is full, or the file has reached its limit. Nothing was recorded.`,
      { cause: error },
    )
  }
  const words = WORDS[code] ?? `SQLite reports: ${error.message}`
  return new OutboxError('OUTBOX_STORE', `The outbox ${file} cannot be used: ${words}.`, {
    cause: error,
  })
}

const FILE_WORDS: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  EEXIST: 'something else is in its place: a file where a folder should be, or a folder for a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  ENOSPC: 'the disk is full',
  EIO: 'the disk reported an error',
}

export function describeFileError(error: unknown, file: string): OutboxError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return new OutboxError(
    'OUTBOX_STORE',
    `The outbox ${file} cannot be used: ${FILE_WORDS[code] ?? `error ${code}`}. UPCALL_DATA names its folder; this user must be able to write there.`,
    { cause: error },
  )
}

/** Types of file systems as `statfs` names them. @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const FILE_SYSTEMS = new Map([
  [
    0x01021994,
    'The outbox is on tmpfs, in memory: a restart of the machine or the container loses it.',
  ],
  [
    0x794c7630,
    "The outbox is in the container's own layer (overlayfs): it is lost when the container is replaced. Mount a volume.",
  ],
  [0x6969, 'The outbox is on NFS, whose locks do not surely keep a second process away.'],
])

/** @param type as `statfs` reports it @returns what makes it less than durable, in sentences */
export function describeFileSystem(type: number): string[] {
  const words = FILE_SYSTEMS.get(type)
  return words ? [words] : []
}
