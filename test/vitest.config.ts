/**
 * One run, three runtimes: Node; workerd (the whole of protocol, signer, credentials and service); Chromium (the client).
 * `*.node.test.ts` needs Node, everything else in `test/client` a browser. Projects: `node` gives each file a process of
 * its own, `node-shared` runs the files that any runtime could run in a few; `portable` runs what depends on cryptography
 * once more, by the implementation for runtimes without `node:crypto`.
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import type { BrowserProviderOption } from 'vitest/node'
import { CHROMIUM_ARGS, findChromium } from './support/chromium.ts'
import { compileComponents } from './support/compile-components.ts'
import './support/locale.ts'
import { LongestFirst } from './support/longest-first.ts'

const onlyNode = 'test/**/*.node.test.ts'
const onlyPortable = 'test/**/*.portable.test.ts'
const onlyWorkers = 'test/**/*.workerd.test.ts'
const inBrowser = 'test/client/**/!(*.node).test.ts'
const onWorkersToo = 'test/{attacks,protocol,signer,credentials,service,webhook}/**/*.test.ts'
const usesCryptography =
  'test/{protocol/*,signer/*,webhook/*,service/{auth,ids,journeys,jwt-hs256,operator,sweep,tamper,uploads}}.test.ts'
const PORTABLE_CRYPTO = fileURLToPath(
  new URL('../src/protocol/crypto-portable.ts', import.meta.url),
)

// Compiled once for all: a process that a test starts is ready in a third of the time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('../node_modules/.cache/node-compile', import.meta.url),
)

/** Many tests wait for a process, a store or a time limit: more files at once than processors. */
const NODE_WORKERS = Math.min(8, availableParallelism() + 2)
const WORKERD_WORKERS = Math.min(8, availableParallelism())

/** The examples of `docs` import the package by its name. */
const OWN_NAMES = ['client/explain', 'react', 'vue', 'svelte', 'solid'].map((name) => ({
  find: `oss-upcall/${name}`,
  replacement: fileURLToPath(new URL(`../client/${name.split('/').at(-1)}.ts`, import.meta.url)),
}))

/** Vue warns in the console without them. */
const VUE_FLAGS = {
  __VUE_OPTIONS_API__: 'true',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
}

/** One page for all files, one file after the other: they share a page's origin, what it stores, and the backend. */
function runInTurn<T extends BrowserProviderOption>(provider: T): T {
  const create = provider.providerFactory
  return {
    ...provider,
    providerFactory: (project) => Object.assign(create(project), { supportsParallelism: false }),
  }
}

export default defineConfig({
  test: {
    root: '.',
    // On a busy machine with two cores a test of 0.3 s may take 6.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins: [compileComponents()],
        resolve: { alias: OWN_NAMES },
        test: {
          name: 'node',
          maxWorkers: NODE_WORKERS,
          include: [onlyNode],
        },
      },
      {
        test: {
          name: 'node-shared',
          // What starts no process, sets no variable and opens no port needs no process of its own: a minute less.
          isolate: false,
          maxWorkers: NODE_WORKERS,
          include: ['test/**/*.test.ts'],
          exclude: [inBrowser, onlyNode, onlyPortable, onlyWorkers],
        },
      },
      {
        resolve: { alias: { '#crypto': PORTABLE_CRYPTO } },
        test: {
          name: 'portable',
          // As in `node-shared`, where the same files run too.
          isolate: false,
          maxWorkers: NODE_WORKERS,
          include: [usesCryptography, onlyPortable],
          exclude: [onlyNode, onlyWorkers],
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            // Optional in wrangler.toml.
            miniflare: { analyticsEngineDatasets: { METRICS: { dataset: 'upcall' } } },
          }),
        ],
        test: {
          name: 'workerd',
          // One workerd for all files: starting it takes longer than most of them.
          isolate: false,
          maxWorkers: WORKERD_WORKERS,
          sequence: { groupOrder: 1 },
          include: [onWorkersToo, onlyWorkers],
          exclude: [onlyNode, onlyPortable],
        },
      },
      {
        plugins: [compileComponents()],
        resolve: { alias: OWN_NAMES },
        define: VUE_FLAGS,
        // Found in the middle of a run they would make it start anew.
        optimizeDeps: {
          include: [
            '@uppy/core',
            '@uppy/dashboard',
            'axe-core',
            'exifr',
            'react',
            'react/jsx-dev-runtime',
            'react-dom/client',
            'react-dom/server',
            'solid-js',
            'solid-js/store',
            'solid-js/web',
            'svelte',
            'svelte/internal/client',
            'svelte/internal/disclose-version',
            'svelte/internal/flags/legacy',
            'svelte/reactivity',
            'vue',
          ],
        },
        test: {
          name: 'chromium',
          // Beside workerd, with as many workers as it has; of pages there is one, which waits more than it computes.
          maxWorkers: WORKERD_WORKERS,
          sequence: { groupOrder: 1 },
          globalSetup: './test/support/browser-setup.ts',
          include: [inBrowser],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: runInTurn(
              playwright({
                launchOptions: { executablePath: await findChromium(), args: CHROMIUM_ARGS },
              }),
            ),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
