/**
 * Bundles the browser client into dist/browser: for a script tag, for `import`, and the modules that are loaded later.
 * Each file has a plain name, and a name with its hash that may be cached for ever.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Plugin, rolldown } from 'rolldown'

export interface ClientFile {
  /** Plain name, e.g. `client.js`. */
  name: string
  /** The same with eight digits of its SHA-256, e.g. `client.0a1b2c3d.js`. */
  hashedName: string
  code: string
  bytes: number
  gzipBytes: number
  /** For the `integrity` attribute. */
  integrity: string
}

const CLIENT_FOLDER = fileURLToPath(new URL('../../client/', import.meta.url))
const TARGET = ['chrome103', 'firefox115', 'safari16']
/** What mini programs run without a compiler of their own: `async`, but neither `?.` nor `??`. */
const MINI_TARGET = 'es2017'

/** A dynamic import stays an import, of the hashed file name. */
function keepLazy(hashedNames: Map<string, string>): Plugin {
  return {
    name: 'keep-lazy',
    resolveDynamicImport(specifier) {
      const hashedName = typeof specifier === 'string' && hashedNames.get(basename(specifier))
      return hashedName ? { id: `./${hashedName}`, external: true } : undefined
    },
  }
}

/** The module as a script that sets one global: smaller than the bundler's own wrapping. */
function toScript(code: string, globalName: string): string {
  const names = /export\{([^}]*)\};?\s*$/.exec(code)
  if (!names) throw new Error('The bundle does not end with its exports.')
  const fields = (names[1] ?? '').replace(/([\w$]+) as ([\w$]+)/g, '$2:$1')
  return `var ${globalName}=(()=>{${code.slice(0, names.index)}return{${fields}}})();`
}

async function bundle(
  entry: string,
  lazy = new Map<string, string>(),
  format: 'esm' | 'cjs' = 'esm',
): Promise<string> {
  const bundler = await rolldown({
    input: join(CLIENT_FOLDER, entry),
    plugins: [keepLazy(lazy)],
    transform: { target: format === 'esm' ? TARGET : MINI_TARGET },
  })
  const { output } = await bundler.generate({
    format,
    minify: true,
    // Neither licences nor `@__PURE__`: nothing bundles these files again.
    comments: false,
  })
  await bundler.close()
  const [{ code }] = output
  return code
}

function describeFile(name: string, code: string): ClientFile {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 8)
  return {
    name,
    hashedName: name.replace('.', `.${hash}.`),
    code,
    bytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code, { level: 9 }).length,
    integrity: `sha384-${createHash('sha384').update(code).digest('base64')}`,
  }
}

/** The modules that are loaded when they are needed, by entry file; each may load those before it. */
function listLazyModules(): [entry: string, name: string][] {
  const languages = readdirSync(join(CLIENT_FOLDER, 'element/languages')).map(
    (file): [string, string] => [
      `element/languages/${file}`,
      `element-${file.replace('.ts', '.mjs')}`,
    ],
  )
  return [
    ['http/find-cause.ts', 'find-cause.mjs'],
    ['upload/checksum.ts', 'checksum.mjs'],
    ['upload/media-type.ts', 'media-type.mjs'],
    ...languages,
    ['element/languages.ts', 'element-languages.mjs'],
    ['element/picture.ts', 'element-picture.mjs'],
    ['element/sources.ts', 'element-sources.mjs'],
    ['element/walk.ts', 'element-walk.mjs'],
  ]
}

/** Bundles everything and writes nothing. */
export async function bundleClient(): Promise<ClientFile[]> {
  /** Loaded by name from files that lie beside them. */
  const lazy = new Map<string, string>()
  const lazyFiles: ClientFile[] = []
  for (const [entry, name] of listLazyModules()) {
    const file = describeFile(name, await bundle(entry, lazy))
    lazy.set(basename(entry), file.hashedName)
    lazyFiles.push(file)
  }
  const client = await bundle('index.ts', lazy)
  return [
    describeFile('client.js', toScript(client, 'Upcall')),
    describeFile('client.mjs', client),
    describeFile('form.mjs', await bundle('form.ts')),
    describeFile('element.mjs', await bundle('element.ts', lazy)),
    describeFile('explain.mjs', await bundle('explain.ts')),
    describeFile('lists.mjs', await bundle('lists.ts', lazy)),
    describeFile('find-stored.mjs', await bundle('find-stored.ts', lazy)),
    describeFile('transform.mjs', await bundle('transform.ts', lazy)),
    ...lazyFiles,
  ]
}

export interface MiniFile {
  name: string
  code: string
  gzipBytes: number
}

/** For mini programs whose tools know no `exports`: one CommonJS file each, to be copied into the program. */
export async function bundleMini(): Promise<MiniFile[]> {
  const entries = { 'wechat.js': 'mini/wechat.ts', 'mini.js': 'mini/index.ts' }
  return Promise.all(
    Object.entries(entries).map(async ([name, entry]) => {
      const code = await bundle(entry, new Map(), 'cjs')
      return { name, code, gzipBytes: gzipSync(code, { level: 9 }).length }
    }),
  )
}

/** Rules for static hosting, in the syntax of Cloudflare's assets. Any page may load these files. */
export function buildHeaderRules(files: readonly ClientFile[]): string {
  const rule = (path: string, cache: string) =>
    [
      `/${path}`,
      '  Access-Control-Allow-Origin: *',
      '  Cross-Origin-Resource-Policy: cross-origin',
      `  Cache-Control: ${cache}`,
      '',
    ].join('\n')
  return files
    .flatMap(({ name, hashedName }) => [
      rule(name, 'public, max-age=3600'),
      rule(hashedName, 'public, max-age=31536000, immutable'),
    ])
    .join('\n')
}

/** Replaces `dist/browser`. */
export async function buildClient(folder: string): Promise<ClientFile[]> {
  const files = await bundleClient()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { name, hashedName, code } of files) {
    for (const path of [name, hashedName]) writeFileSync(join(folder, path), code)
  }
  writeFileSync(join(folder, '_headers'), buildHeaderRules(files))
  return files
}

/** Replaces `dist/mini`. */
async function buildMini(folder: string): Promise<MiniFile[]> {
  const files = await bundleMini()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { name, code } of files) writeFileSync(join(folder, name), code)
  return files
}

if (import.meta.main) {
  const files = await buildClient(fileURLToPath(new URL('../../dist/browser/', import.meta.url)))
  console.log('file                      bytes    gzip  integrity')
  for (const { name, bytes, gzipBytes, integrity } of files) {
    const sizes = [bytes, gzipBytes].map((size) => String(size).padStart(7)).join(' ')
    console.log(`${name.padEnd(22)} ${sizes}  ${integrity}`)
  }
  for (const { name, code, gzipBytes } of await buildMini(
    fileURLToPath(new URL('../../dist/mini/', import.meta.url)),
  )) {
    console.log(
      `mini/${name.padEnd(9)} ${String(code.length).padStart(7)} ${String(gzipBytes).padStart(7)}`,
    )
  }
}
