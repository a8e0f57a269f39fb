/**
 * `npm run test:browsers`: the client's suite, which `npm test` runs in Chromium, in Firefox and WebKit; the demo's journey
 * in all three. One engine alone: `npm run test:browsers -- --project firefox`.
 */
import { defineConfig } from 'vitest/config'
import common from '../vitest.config.ts'
import type { Engine } from './engine.ts'
import { launchFirefox } from './firefox.ts'
import { driveEngine } from './provider.ts'
import { launchWebKit } from './webkit.ts'

/** The suite of `npm test`: the very files, and every setting that they need. */
function findClientSuite() {
  for (const project of common.test?.projects ?? []) {
    if (typeof project === 'object' && 'test' in project && project.test?.name === 'chromium') {
      return project
    }
  }
  throw new Error('test/vitest.config.ts has no project named chromium.')
}

const { test: { browser, ...suite } = {}, ...around } = findClientSuite()

/** One after the other: two browsers at once would starve each other. */
const inTurn = (groupOrder: number) => ({
  maxWorkers: 1,
  sequence: { ...suite.sequence, groupOrder },
  // Real sockets, real clocks, a browser, the servers and this runner on few cores: what fails twice has failed.
  retry: 1,
})

function runClientSuite(name: 'firefox' | 'webkit', launch: () => Promise<Engine>) {
  const provider = driveEngine(name, launch)
  const instances = [{ browser: name }]
  return { ...suite, name, browser: { ...browser, enabled: true, provider, instances } }
}

export default defineConfig({
  test: {
    root: '.',
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { ...around, test: { ...runClientSuite('firefox', launchFirefox), ...inTurn(1) } },
      { ...around, test: { ...runClientSuite('webkit', launchWebKit), ...inTurn(2) } },
      { test: { name: 'journey', include: ['test/browsers/*.engines.ts'], ...inTurn(3) } },
    ],
  },
})
