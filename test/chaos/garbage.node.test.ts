/**
 * Chromium collects the stream of a blob that nothing refers to, even while a read of it waits: that read never ends. Here each
 * read is followed by a collection, in the page and in the worker, or one runs each millisecond.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { makeBytes } from '../support/files.ts'
import { createPageServer } from './conditions.ts'

const START_MS = 60_000
/** Both take half a second; what is collected never ends. */
const READ_MS = 15_000
const MIB = 2 ** 20
const PARTS = 6

const PAGE = `<!doctype html><meta charset="utf-8"><title>garbage</title><input type="file" id="file">
<script type="module">
import { createChecksum } from '/checksum.mjs'
const COLLECT = \`
{
  const { read } = ReadableStreamBYOBReader.prototype
  self.collections = 0
  ReadableStreamBYOBReader.prototype.read = function (view) {
    const reading = read.call(this, view)
    gc()
    collections += 1
    return reading
  }
}\`
// The worker's source text is a blob.
window.Blob = class extends Blob {
  constructor(parts, options) {
    super(options?.type === 'text/javascript' ? [COLLECT, ...parts] : parts, options)
  }
}
document.head.append(Object.assign(document.createElement('script'), { textContent: COLLECT }))
window.digest = async (mayUseWorker, partBytes) => {
  const file = document.querySelector('#file').files[0]
  const checksum = createChecksum(mayUseWorker)
  const crcs = new Map()
  for (let at = 0; at * partBytes < file.size; at += 1) {
    checksum.note(crcs, at + 1, file.slice(at * partBytes, (at + 1) * partBytes))
  }
  return { sums: await Promise.all(crcs.values()), collections }
}
// The read is all that is left of it: no frame, no variable refers to the checksum.
window.digestAlone = () => {
  setInterval(gc, 1)
  const [file] = document.querySelector('#file').files
  return createChecksum(false).crc64(file)
}
</script>`

let pages: Awaited<ReturnType<typeof createPageServer>>
let browser: Browser
let folder: string

beforeAll(async () => {
  pages = await createPageServer(PAGE)
  folder = await mkdtemp(join(tmpdir(), 'upcall-garbage-'))
  browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...CHROMIUM_ARGS, '--js-flags=--expose-gc'],
  })
}, START_MS)

afterAll(async () => {
  await browser?.close()
  pages?.close()
  await rm(folder, { recursive: true, force: true })
}, START_MS)

async function openPage(bytes: Uint8Array): Promise<Page> {
  const path = join(folder, '文件.bin')
  await writeFile(path, bytes)
  const page = await browser.newPage()
  await page.goto(pages.url)
  await page.setInputFiles('#file', path)
  return page
}

it.each([
  ['the page', false],
  ['the worker', true],
])(
  '%s reads every part to its end while garbage is collected',
  async (_, mayUseWorker) => {
    const bytes = makeBytes(PARTS * 2 * MIB, 5)
    const page = await openPage(bytes)
    const { sums, collections } = await page.evaluate(
      ([isWorker, partBytes]) =>
        (
          window as unknown as {
            digest(
              isWorker: boolean,
              partBytes: number,
            ): Promise<{ sums: string[]; collections: number }>
          }
        ).digest(isWorker, partBytes),
      [mayUseWorker, 2 * MIB] as const,
    )
    const parts = Array.from({ length: PARTS }, (_, at) =>
      bytes.subarray(at * 2 * MIB, (at + 1) * 2 * MIB),
    )
    expect(sums).toEqual(parts.map((part) => String(crc64(part))))
    if (mayUseWorker) expect(collections).toBe(0)
    else expect(collections).toBeGreaterThanOrEqual(2 * PARTS)
    await page.close()
  },
  READ_MS,
)

it(
  'a sum that nobody else refers to comes to its end as well',
  async () => {
    const bytes = makeBytes(PARTS * 2 * MIB, 6)
    const page = await openPage(bytes)
    const sum = await page.evaluate(() =>
      (window as unknown as { digestAlone(): Promise<string> }).digestAlone(),
    )
    expect(sum).toBe(String(crc64(bytes)))
    await page.close()
  },
  READ_MS,
)
