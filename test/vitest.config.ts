/**
 * One run, three runtimes: Node; workerd (the whole of protocol, signer, credentials and service); Chromium (the client).
 * `*.node.test.ts` needs Node, everything in `test/client` a browser.
 */
import { availableParallelism } from 'node:os'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { CHROMIUM_ARGS, findChromium } from './support/chromium.ts'
import './support/locale.ts'

const onlyNode = 'test/**/*.node.test.ts'
const onlyBrowser = 'test/client/**/*.test.ts'
const portable = 'test/{protocol,signer,credentials,service,webhook}/**/*.test.ts'

export default defineConfig({
  test: {
    root: '.',
    // On a busy machine with two cores a test of 0.3 s may take 6.
    testTimeout: 20_000,
    projects: [
      {
        test: {
          name: 'node',
          // Many tests wait for a process, a store or a time limit: more files at once than processors.
          maxWorkers: Math.min(8, availableParallelism() + 1),
          include: ['test/**/*.test.ts'],
          exclude: [onlyBrowser, 'test/**/*.workerd.test.ts'],
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: {
          name: 'workerd',
          // One workerd for all files: starting it takes longer than most of them.
          isolate: false,
          maxWorkers: Math.min(8, availableParallelism()),
          sequence: { groupOrder: 1 },
          include: [portable, 'test/**/*.workerd.test.ts'],
          exclude: [onlyNode],
        },
      },
      {
        // Found in the middle of a run they would make it start anew.
        optimizeDeps: { include: ['@uppy/core', '@uppy/dashboard', 'axe-core'] },
        test: {
          name: 'chromium',
          // The files share a page's origin and what it stores: one at a time.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          globalSetup: './test/support/browser-setup.ts',
          include: [onlyBrowser],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: await findChromium(), args: CHROMIUM_ARGS },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
