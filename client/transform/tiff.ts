/**
 * Position data in the TIFF structure of EXIF: finds the GPS directory and what it points to. In place: no byte moves
 * out of its directory, so that every other offset stays right.
 *
 * @see https://www.cipa.jp/std/documents/download_e.html?CIPA_DC-008-2024-E (EXIF 3.0, 4.6)
 */

const GPS_POINTER = 0x8825
const EXIF_POINTER = 0x8769
const ENTRY_BYTES = 12
/** IFD0, IFD1 and the EXIF directory are usual; more are a fault or an attack. */
const MAX_DIRECTORIES = 16
/** Bytes of a value, by the type of its field (TIFF 6.0, section 2; EXIF 3.0 adds 129, UTF-8). */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1 },
}

interface Directory {
  /** Of its number of entries. */
  start: number
  /** Of its first entry. */
  entries: number
  /** Of the offset of the next directory, after the last entry. */
  end: number
}

/** Removes the GPS directory, in place. @returns whether there was one. @throws {RangeError} for a broken structure */
export function removeGpsDirectory(tiff: Uint8Array): boolean {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length)
  const order = view.getUint16(0)
  const isLittle = order === 0x4949
  if ((!isLittle && order !== 0x4d4d) || view.getUint16(2, isLittle) !== 42) {
    throw new RangeError('no TIFF header')
  }
  const directories = listDirectories(view, isLittle)
  /** Of directories that stay: nothing of them may be erased. */
  const isKept = (from: number, to: number) =>
    from < 8 || directories.some(({ start, end }) => from < end && to > start)
  let isFound = false
  for (const directory of directories) {
    let { entries: at, end } = directory
    while (at < end) {
      if (view.getUint16(at, isLittle) !== GPS_POINTER) {
        at += ENTRY_BYTES
        continue
      }
      isFound = true
      eraseDirectory(view, isLittle, view.getUint32(at + 8, isLittle), isKept)
      // What follows in this directory moves up by one entry, with the offset of the next directory.
      const rest = Math.min(end + 4, tiff.length)
      tiff.copyWithin(at, at + ENTRY_BYTES, rest)
      tiff.fill(0, rest - ENTRY_BYTES, rest)
      end -= ENTRY_BYTES
      const count = (end - directory.entries) / ENTRY_BYTES
      view.setUint16(directory.start, count, isLittle)
    }
  }
  return isFound
}

function readDirectory(view: DataView, isLittle: boolean, start: number): Directory {
  const entries = start + 2
  const end = entries + view.getUint16(start, isLittle) * ENTRY_BYTES
  if (end > view.byteLength) throw new RangeError('a directory that ends after the data')
  return { start, entries, end }
}

/** The first directory, those after it, and the EXIF directories that they point to. */
function listDirectories(view: DataView, isLittle: boolean): Directory[] {
  const found: Directory[] = []
  const starts = [view.getUint32(4, isLittle)]
  for (const start of starts) {
    if (start === 0 || found.some((one) => one.start === start)) continue
    if (found.length >= MAX_DIRECTORIES) throw new RangeError('too many directories')
    const directory = readDirectory(view, isLittle, start)
    found.push(directory)
    for (let at = directory.entries; at < directory.end; at += ENTRY_BYTES) {
      if (view.getUint16(at, isLittle) === EXIF_POINTER) {
        starts.push(view.getUint32(at + 8, isLittle))
      }
    }
    // Some writers leave the last offset out.
    if (directory.end + 4 <= view.byteLength) starts.push(view.getUint32(directory.end, isLittle))
  }
  return found
}

/** Overwrites a directory and its values with zeros; what is not inside the data, or belongs to another, stays. */
function eraseDirectory(
  view: DataView,
  isLittle: boolean,
  start: number,
  isKept: (from: number, to: number) => boolean,
): void {
  const erase = (from: number, to: number) => {
    if (to > view.byteLength || isKept(from, to)) return
    new Uint8Array(view.buffer, view.byteOffset + from, to - from).fill(0)
  }
  if (start + 2 > view.byteLength) return
  const count = view.getUint16(start, isLittle)
  const entries = start + 2
  const end = Math.min(entries + count * ENTRY_BYTES, view.byteLength)
  for (let at = entries; at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
    const bytes =
      (TYPE_BYTES[view.getUint16(at + 2, isLittle)] ?? 0) * view.getUint32(at + 4, isLittle)
    if (bytes <= 4) continue
    const from = view.getUint32(at + 8, isLittle)
    erase(from, from + bytes)
  }
  erase(start, Math.min(end + 4, view.byteLength))
}
