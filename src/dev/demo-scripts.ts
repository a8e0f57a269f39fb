/**
 * The demo page's scripts, bundled anew for each request: a change of the client shows on reload. The four ways of
 * uploading come with React and Uppy; they are a bundle of their own, which the page asks for when they come into view.
 */
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const PAGE_FOLDER = fileURLToPath(new URL('../../client/demo/', import.meta.url))

/** Path below `/demo/` → source file. */
const ENTRIES: Readonly<Record<string, string>> = {
  'demo.js': 'demo.ts',
  'ways.js': 'ways/mount-ways.ts',
}

/** An `import()` of another entry stays an import, of its address. */
const keepEntriesApart: Plugin = {
  name: 'keep-entries-apart',
  setup({ onResolve }) {
    onResolve({ filter: /mount-ways\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: '/demo/ways.js', external: true } : undefined,
    )
  },
}

/** @returns undefined when the page has no such script */
export async function buildDemoScript(name: string): Promise<string | undefined> {
  const entry = ENTRIES[name]
  if (!entry) return undefined
  const { outputFiles } = await build({
    entryPoints: [`${PAGE_FOLDER}${entry}`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    absWorkingDir: PAGE_FOLDER,
    plugins: [keepEntriesApart],
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
