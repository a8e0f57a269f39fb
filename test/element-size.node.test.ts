/** What `<oss-upload>` and the Uppy plugin add to the client, as a page loads them: minified, gzip. */
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bundleScript } from './support/dev-page.ts'

const ELEMENT_BYTES = 5500
const PLUGIN_BYTES = 1500

async function measure(entry: string): Promise<number> {
  const target = ['chrome103', 'firefox115', 'safari16']
  // Loaded when they are needed.
  const lazy = ['checksum', 'find-cause', 'languages', 'picture', 'sources', 'walk']
  const external = lazy.map((name) => `./${name}.ts`)
  const code = await bundleScript({
    entryPoints: [`client/${entry}`],
    minify: true,
    target,
    external,
  })
  return gzipSync(code, { level: 9 }).length
}

it('keeps the element within 5.5 kB on top of the client', async () => {
  expect((await measure('element.ts')) - (await measure('index.ts'))).toBeLessThanOrEqual(
    ELEMENT_BYTES,
  )
})

it('keeps the Uppy plugin within 1.5 kB on top of the client, without Uppy', async () => {
  expect((await measure('uppy.ts')) - (await measure('index.ts'))).toBeLessThanOrEqual(PLUGIN_BYTES)
})
