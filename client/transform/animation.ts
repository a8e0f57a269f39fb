/** Pictures that move: a canvas would keep their first frame alone. */

/** Where formats say so: near the beginning. */
const HEAD_BYTES = 65_536
/** Flag of VP8X. @see https://developers.google.com/speed/webp/docs/riff_container */
const WEBP_ANIMATION = 0x02

/** GIF (always taken for one), animated PNG, WebP and AVIF. */
export async function isAnimated(file: Blob): Promise<boolean> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  const has = (at: number, text: string) =>
    [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0))
  if (has(0, 'GIF8')) return true
  if (has(8, 'WEBPVP8X')) return ((bytes[20] ?? 0) & WEBP_ANIMATION) !== 0
  if (has(4, 'ftypavis')) return true
  return has(1, 'PNG') && hasChunk(bytes, 'acTL')
}

/** A chunk of a PNG before its first picture data. @see https://www.w3.org/TR/png-3/#acTL-chunk */
function hasChunk(bytes: Uint8Array, name: string): boolean {
  const view = new DataView(bytes.buffer)
  let at = 8
  while (at + 8 <= bytes.length) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (type === name) return true
    if (type === 'IDAT') return false
    // Length, type, data, CRC.
    at += 12 + view.getUint32(at)
  }
  return false
}
