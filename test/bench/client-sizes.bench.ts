/** What each client adds to a page: one import of its own entry, bundled and minified the same way, then gzip. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { printTable, type Results } from './report.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Client {
  name: string
  /** What a page would write. */
  code: string
}

const own = (file: string) => JSON.stringify(join(root, 'client', file))

const clients: Client[] = [
  {
    name: 'Upcall, form only',
    code: `import { upload } from ${own('form.ts')}\nglobalThis.upload = upload`,
  },
  {
    name: 'Upcall, the whole client',
    code: `import { upload, createUploader } from ${own('index.ts')}\nglobalThis.upload = { upload, createUploader }`,
  },
  {
    name: 'Upcall, `<oss-upload>` with the whole client',
    code: `import ${own('element.ts')}`,
  },
  {
    name: 'better-upload, client helpers',
    code: `import { uploadFile, uploadFiles } from 'better-upload/client'\nglobalThis.upload = { uploadFile, uploadFiles }`,
  },
  {
    name: 'tus-js-client',
    code: `import { Upload } from 'tus-js-client'\nglobalThis.Upload = Upload`,
  },
  {
    name: '@uppy/core + @uppy/aws-s3',
    code: `import Uppy from '@uppy/core'\nimport AwsS3 from '@uppy/aws-s3'\nglobalThis.uppy = new Uppy().use(AwsS3, {})`,
  },
  { name: 'ali-oss', code: `import OSS from 'ali-oss'\nglobalThis.OSS = OSS` },
]

async function measure(folder: string, { code }: Client) {
  const entry = join(folder, 'entry.js')
  writeFileSync(entry, code)
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    nodePaths: [join(root, 'node_modules')],
    bundle: true,
    minify: true,
    write: false,
    // Modules that a page fetches only when it needs them are files of their own.
    splitting: true,
    outdir: join(folder, 'out'),
    format: 'esm',
    platform: 'browser',
    target: ['chrome103', 'firefox115', 'safari16'],
    external: ['react'],
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    legalComments: 'none',
    logLevel: 'error',
  })
  const own = outputFiles.find(({ path }) => path.endsWith('entry.js'))?.text ?? ''
  return { bytes: Buffer.byteLength(own), gzip: gzipSync(own, { level: 9 }).length }
}

export async function bench(): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-sizes-'))
  const rows: string[][] = []
  try {
    for (const client of clients) {
      const { bytes, gzip } = await measure(folder, client)
      rows.push([client.name, (bytes / 1000).toFixed(1), (gzip / 1000).toFixed(1)])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const table = printTable(['Client', 'Minified, kB', 'gzip, kB'], rows)
  return { rows: [], extras: [`### Client sizes\n\n${table}`], profiles: [] }
}
