/** The applications: which recipe each takes, how its own tools build it, how it starts. */
import { resolve } from 'node:path'

/** A program in the folder (or `node`) and its arguments; `{port}` is the port. */
export type Command = readonly [string, ...string[]]

export interface App {
  /** As it stands in the table of docs/frameworks.md. */
  name: string
  /** In test/frameworks: the application without the recipe. */
  folder: string
  /** Packages whose versions the table names; installed by the lock file of the folder. */
  packages: readonly [string, ...string[]]
  /** From docs/examples/frameworks, to where it belongs in the application. */
  recipe: Readonly<Record<string, string>>
  build: readonly Command[]
  start: Command
  /** The development server of the framework. */
  dev?: Command
  /** Its build takes our package into its own output, without the files of the client. */
  bundles?: true
  /** It takes the path of the mount away before the service sees it. */
  stripsMount?: true
  /** The framework takes the `Content-Length` of responses away: OSS says 203, and the page confirms. */
  dropsLength?: true
}

const NEXT = 'node_modules/next/dist/bin/next'
const VITE = 'node_modules/vite/bin/vite.js'
const NUXT = 'node_modules/nuxt/bin/nuxt.mjs'
const TYPESCRIPT = resolve('node_modules/typescript/bin/tsc')
const TSC = [
  TYPESCRIPT,
  ...['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--allowImportingTsExtensions'],
  ...['--target', 'es2023', '--module', 'esnext', '--moduleResolution', 'bundler'],
  ...['--types', 'node', '--typeRoots', resolve('node_modules/@types')],
]
const LOOPBACK = ['--host', '127.0.0.1', '--port', '{port}'] as const

function onNode(name: string, file: string, more: readonly string[] = []): App {
  return {
    name,
    folder: 'node-servers',
    packages: [file, ...more],
    recipe: { 'uploads.ts': 'uploads.ts', [`${file}.ts`]: `${file}.ts` },
    build: [],
    start: ['node', `serve-${file}.ts`],
    ...(file === 'express' && { stripsMount: true as const }),
  }
}

export const APPS: readonly App[] = [
  onNode('Express', 'express'),
  onNode('Fastify', 'fastify'),
  onNode('Koa', 'koa'),
  onNode('Hono', 'hono', ['@hono/node-server']),
  {
    name: 'Vite and React, with Express',
    folder: 'vite-react',
    packages: ['vite', 'react', 'express'],
    recipe: { 'uploads.ts': 'uploads.ts', 'express.ts': 'express.ts' },
    build: [['node', VITE, 'build']],
    start: ['node', 'serve.ts'],
    stripsMount: true,
  },
  {
    name: 'Next.js, app router',
    folder: 'next-app',
    packages: ['next', 'react'],
    recipe: {
      'uploads.ts': 'uploads.ts',
      'next/app/api/files/[...path]/route.ts': 'app/api/files/[...path]/route.ts',
    },
    build: [['node', NEXT, 'build']],
    start: ['node', NEXT, 'start', '-H', '127.0.0.1'],
    dev: ['node', NEXT, 'dev', '-H', '127.0.0.1'],
    dropsLength: true,
  },
  {
    name: 'Next.js, pages router',
    folder: 'next-pages',
    packages: ['next', 'react'],
    recipe: {
      'uploads.ts': 'uploads.ts',
      'next/pages/api/files/[...path].ts': 'pages/api/files/[...path].ts',
    },
    build: [['node', NEXT, 'build']],
    start: ['node', NEXT, 'start', '-H', '127.0.0.1'],
    dev: ['node', NEXT, 'dev', '-H', '127.0.0.1'],
  },
  {
    name: 'Nuxt (Nitro, h3)',
    folder: 'nuxt',
    packages: ['nuxt', 'vue', 'h3'],
    recipe: {
      'uploads.ts': 'server/uploads.ts',
      'nuxt/server/routes/api/files/[...path].ts': 'server/routes/api/files/[...path].ts',
    },
    build: [['node', NUXT, 'build']],
    start: ['node', '.output/server/index.mjs'],
    dev: ['node', NUXT, 'dev', ...LOOPBACK],
    bundles: true,
  },
  {
    name: 'SvelteKit',
    folder: 'sveltekit',
    packages: ['@sveltejs/kit', '@sveltejs/adapter-node', 'svelte'],
    recipe: {
      'uploads.ts': 'src/lib/server/uploads.ts',
      'sveltekit/src/routes/api/files/[...path]/+server.ts':
        'src/routes/api/files/[...path]/+server.ts',
    },
    build: [['node', VITE, 'build']],
    start: ['node', 'build/index.js'],
    dev: ['node', VITE, 'dev', ...LOOPBACK, '--strictPort'],
    bundles: true,
  },
  {
    name: 'Elysia on Bun',
    folder: 'elysia',
    packages: ['elysia', 'bun'],
    recipe: { 'uploads.ts': 'uploads.ts', 'elysia.ts': 'elysia.ts' },
    // Bun does not check types, and no other run does it for this recipe.
    build: [['node', ...TSC, 'elysia.ts']],
    start: ['node_modules/.bin/bun', 'run', 'serve.ts'],
  },
]

/** The programs of docs/comparison.md: compiled, not started. */
export const LINES: Pick<App, 'folder' | 'recipe' | 'build'> = {
  folder: 'lines',
  recipe: { '../comparison': 'programs' },
  build: [['node', TYPESCRIPT, '-p', 'tsconfig.json']],
}
