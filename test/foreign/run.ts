/**
 * Runs ali-oss's own mocha suites `object` and `multipart` against the local OSS.
 *
 * Run: `npm run test:foreign -- <path>`, with the path of a checkout of github.com/ali-sdk/ali-oss in which
 * `npm install --ignore-scripts` was run. The npm package does not contain the suites.
 *
 * Fails for a test that fails and is not in `known-refusals.ts`, and for an entry of that list that matches no failure.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '../../src/emulator/start.ts'
import { KNOWN_REFUSALS } from './known-refusals.ts'

const SUITES = ['object', 'multipart']
const TEST_TIMEOUT_MS = 60_000
// Any account: the suite takes it from the name of a role.
const ROLE = 'acs:ram::1000000000000000:role/test'

interface Report {
  stats: { tests: number; passes: number; failures: number; pending: number }
  failures: { fullTitle: string; err: { message?: string } }[]
}

async function runSuite(checkout: string, suite: string, port: number): Promise<Report> {
  const mocha = join(checkout, 'node_modules/mocha/bin/mocha')
  const file = `test/node/${suite}.test.js`
  const args = [
    mocha,
    '-t',
    String(TEST_TIMEOUT_MS),
    '-r',
    'should',
    '--reporter',
    'json',
    '--exit',
    file,
  ]
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      ALI_SDK_OSS_ID: 'ak',
      ALI_SDK_OSS_SECRET: 'sk',
      ALI_SDK_OSS_REGION: 'oss-cn-hangzhou',
      ALI_SDK_STS_ROLE: ROLE,
      // Shortens the suite's waiting for OSS, which is consistent at once here.
      ONCI: 'true',
      NODE_OPTIONS: `--require ${fileURLToPath(new URL('reroute.cjs', import.meta.url))}`,
      UPCALL_FOREIGN_PORT: String(port),
    },
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  await new Promise((resolve) => child.on('close', resolve))
  const start = output.indexOf('{\n  "stats"')
  if (start < 0)
    throw new Error(`mocha printed no report of ${suite}; it printed: ${output.slice(0, 500)}`)
  return JSON.parse(output.slice(start)) as Report
}

async function run(checkout: string): Promise<boolean> {
  const server = await startEmulator({ buckets: [], allowPrivateCallbacks: true })
  const matched = new Set<RegExp>()
  let isGood = true
  try {
    for (const suite of SUITES) {
      const { stats, failures } = await runSuite(checkout, suite, server.port)
      const known = failures.filter(({ fullTitle }) => {
        const refusal = KNOWN_REFUSALS.find(({ title }) => title.test(fullTitle))
        if (refusal) matched.add(refusal.title)
        return refusal !== undefined
      })
      const unknown = failures.filter((failure) => !known.includes(failure))
      const inScope = stats.tests - known.length
      const percent = ((stats.passes / inScope) * 100).toFixed(1)
      console.log(
        `${suite}: ${stats.passes} of ${stats.tests} pass; ${known.length} known refusals; ${percent} % of what is in scope`,
      )
      for (const { fullTitle, err } of unknown) {
        isGood = false
        console.log(`  FAILED ${fullTitle}: ${(err.message ?? '').split('\n')[0]}`)
      }
      if (stats.tests === 0) isGood = false
    }
  } finally {
    await server.close()
  }
  for (const { title, reason } of KNOWN_REFUSALS) {
    const isStale = !matched.has(title)
    if (isStale) isGood = false
    console.log(`  ${isStale ? 'STALE, nothing fails' : 'known'}: ${title.source}: ${reason}`)
  }
  return isGood
}

const [path] = process.argv.slice(2)
const checkout = resolve(path ?? '')
if (path === undefined || !existsSync(join(checkout, 'test/node/object.test.js'))) {
  console.error('Usage: npm run test:foreign -- <checkout of github.com/ali-sdk/ali-oss>')
  process.exitCode = 2
} else if (!existsSync(join(checkout, 'node_modules/mocha'))) {
  console.error(`${checkout} has no mocha: run \`npm install --ignore-scripts\` in it.`)
  process.exitCode = 2
} else {
  process.exitCode = (await run(checkout)) ? 0 : 1
}
