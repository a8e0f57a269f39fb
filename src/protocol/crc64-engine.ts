/**
 * CRC-64 in WebAssembly, sixteen bytes a step with sixteen tables. The module is assembled here byte by byte, so that
 * the repository holds no binary. Imports nothing, because the browser client runs this function's text in a worker.
 *
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */
export interface Crc64Engine {
  /** Bytes that one call of `update` can take. */
  readonly blockBytes: number
  /** CRC-64 of `data` after `previous`. */
  update(previous: bigint, data: Uint8Array): bigint
}

/** @throws CompileError where a Content-Security-Policy forbids WebAssembly */
export function createCrc64Engine(): Crc64Engine {
  const blockBytes = 1 << 20
  const slices = 16
  const tableBytes = slices * 256 * 8
  const pages = 1 + blockBytes / 65536

  /** Signed LEB128; for the small positive numbers used here the same as unsigned. */
  function leb(value: number): number[] {
    const bytes: number[] = []
    let rest = value
    for (;;) {
      const byte = rest & 0x7f
      rest >>= 7
      if ((rest === 0 && !(byte & 0x40)) || (rest === -1 && byte & 0x40)) return [...bytes, byte]
      bytes.push(byte | 0x80)
    }
  }
  const list = (items: number[][]) => [...leb(items.length), ...items.flat()]
  const sized = (bytes: number[]) => [...leb(bytes.length), ...bytes]
  const section = (id: number, bytes: number[]) => [id, ...sized(bytes)]
  const get = (local: number) => [0x20, local]
  const set = (local: number) => [0x21, local]
  const i32 = (value: number) => [0x41, ...leb(value)]
  const i64 = (value: number) => [0x42, ...leb(value)]
  const [I32, I64, VOID] = [0x7f, 0x7e, 0x40]
  const [CRC, AT, END, LOW, HIGH] = [0, 1, 2, 3, 4]

  /** table[slice][(word >> 8k) & 255]: one shift and a mask give the byte times 8; the load's offset selects the table. */
  const look = (word: number, byte: number, slice: number) => [
    ...get(word),
    ...(byte ? [...i64(8 * byte - 3), 0x88, 0xa7] : [0xa7, ...i32(3), 0x74]), // shr_u, wrap; wrap, shl
    ...[...i32(0x7f8), 0x71], // and
    ...[0x29, 3, ...leb(slice * 2048)], // i64.load
  ]
  const load = (offset: number) => [...get(AT), 0x29, 0, ...leb(offset)]
  /** The eight look-ups of a word, combined in pairs: in a chain, each would have to wait for the one before. */
  const looks = (word: number, firstSlice: number) => {
    const sum = (from: number, to: number): number[] => {
      if (to - from === 1) return look(word, from, firstSlice - from)
      const middle = (from + to) >> 1
      return [...sum(from, middle), ...sum(middle, to), 0x85] // i64.xor
    }
    return sum(0, 8)
  }
  /** while (AT + step <= END) … AT += step */
  const loop = (step: number, body: number[]) => [
    ...[0x02, VOID, 0x03, VOID], // block, loop
    ...[...get(AT), ...i32(step), 0x6a, ...get(END), 0x4b, 0x0d, 1], // add, gt_u, br_if
    ...body,
    ...[...get(AT), ...i32(step), 0x6a, ...set(AT), 0x0c, 0, 0x0b, 0x0b], // br, end, end
  ]
  const code = [
    ...[...leb(1), 2, I64], // two locals: LOW, HIGH
    ...loop(16, [
      ...[...load(0), ...get(CRC), 0x85, ...set(LOW)],
      ...[...load(8), ...set(HIGH)],
      ...[...looks(HIGH, 7), ...looks(LOW, 15), 0x85, ...set(CRC)],
    ]),
    ...loop(1, [
      ...[...get(CRC), ...get(AT), 0x31, 0, 0, 0x85, ...set(LOW)], // i64.load8_u
      ...[...look(LOW, 0, 0), ...get(CRC), ...i64(8), 0x88, 0x85, ...set(CRC)],
    ]),
    ...[...get(CRC), 0x0b],
  ]
  const text = (word: string) => sized([...word].map((letter) => letter.charCodeAt(0)))
  const binary = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // \0asm, version 1
    ...section(1, list([[0x60, ...list([[I64], [I32], [I32]]), ...list([[I64]])]])),
    ...section(3, list([leb(0)])),
    ...section(5, list([[0, ...leb(pages)]])),
    ...section(
      7,
      list([
        [...text('m'), 2, 0],
        [...text('c'), 0, 0],
      ]),
    ),
    ...section(10, list([sized(code)])),
  ])
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary))
  const { buffer } = exports.m as WebAssembly.Memory
  const run = exports.c as (crc: bigint, from: number, to: number) => bigint

  const table = new BigUint64Array(buffer, 0, slices * 256)
  for (let at = 0; at < table.length; at += 1) {
    let crc = at < 256 ? BigInt(at) : (table[at - 256] ?? 0n)
    if (at < 256) {
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >> 1n) ^ (crc & 1n ? 0xc96c5795d7870f42n : 0n)
    } else crc = (crc >> 8n) ^ (table[Number(crc & 255n)] ?? 0n)
    table[at] = crc
  }
  const block = new Uint8Array(buffer, tableBytes, blockBytes)
  return {
    blockBytes,
    update(previous, data) {
      block.set(data)
      return BigInt.asUintN(64, ~run(~previous, tableBytes, tableBytes + data.length))
    },
  }
}
