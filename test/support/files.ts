/** Files for uploads: real PNGs, and bytes that are the same in every run. */
import { deflateSync } from 'node:zlib'

/** Bytes from a small generator: incompressible enough, repeatable. */
export function makeBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  const words = new Uint32Array(bytes.buffer, 0, length >>> 2)
  let state = seed >>> 0 || 1
  for (let at = 0; at < words.length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state >>> 0
  }
  for (let at = words.length * 4; at < length; at += 1) bytes[at] = at & 0xff
  return bytes
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    let low = (crc ^ byte) & 255
    for (let bit = 0; bit < 8; bit += 1) low = low & 1 ? (low >>> 1) ^ 0xedb88320 : low >>> 1
    crc = (crc >>> 8) ^ low
  }
  return ~crc >>> 0
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(type, 4, 'latin1')
  out.set(data, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}

/** A true-colour PNG of noise; 400 × 256 has about 300 KiB. */
export function makePng(width: number, height: number): Uint8Array<ArrayBuffer> {
  const row = width * 3 + 1
  const pixels = makeBytes(row * height)
  for (let y = 0; y < height; y += 1) pixels[y * row] = 0
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', head),
      chunk('IDAT', deflateSync(pixels)),
      chunk('IEND', new Uint8Array()),
    ]),
  )
}
