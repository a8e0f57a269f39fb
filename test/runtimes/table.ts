/** `docs/deploy/runtimes.md`: written by the run, not by hand. */
import { writeFileSync } from 'node:fs'
import { printTable } from '../bench/report.ts'
import { CALL_NAMES } from './call-names.ts'
import type { Runtime } from './runtimes.ts'

export interface Outcome {
  runtime: Runtime
  version: string
  passed: string[]
  /** With the reason. */
  failed: string[]
  /** Vectors that agreed, and all; absent where another row has them. */
  vectors?: { agreed: number; disagreed: string[] }
  /** Of `oss-upcall/node`; absent where it does not run, or another row has them. */
  calls?: Pick<Outcome, 'passed' | 'failed'>
  /** Why nothing of it was run. */
  notRun?: string
}

const emphasize = (text: string, isWrong: boolean): string => (isWrong ? `**${text}**` : text)

function printOutcome({
  runtime,
  version,
  passed,
  failed,
  vectors,
  calls,
  notRun,
}: Outcome): string[] {
  const page = `[${runtime.program}](${runtime.page})`
  if (notRun !== undefined) {
    return [runtime.name, version, page, runtime.outbox, `**not run here: ${notRun}**`, '–', '–']
  }
  const count = `${passed.length} of ${passed.length + failed.length}${runtime.dropsLength ? ' (1)' : ''}`
  const callCount =
    calls && `${calls.passed.length} of ${calls.passed.length + calls.failed.length}`
  const total = vectors ? vectors.agreed + vectors.disagreed.length : 0
  return [
    runtime.name,
    version,
    page,
    runtime.outbox,
    emphasize(count, failed.length > 0),
    vectors ? emphasize(`${vectors.agreed} of ${total}`, vectors.disagreed.length > 0) : '–',
    calls && callCount ? emphasize(callCount, calls.failed.length > 0) : '–',
  ]
}

export function printOutcomes(outcomes: readonly Outcome[]): string {
  const head = ['Runtime', 'Version', 'Program', 'Outbox', 'Journeys', 'Signature vectors', 'Calls']
  return printTable(head, outcomes.map(printOutcome))
}

export function writePage(outcomes: readonly Outcome[], journeys: readonly string[]): void {
  const day = new Date().toISOString().slice(0, 10)
  writeFileSync(
    'docs/deploy/runtimes.md',
    `# What was run where

Written by \`npm run test:runtimes\` on ${day}, ${process.platform} ${process.arch}. The packed tarball was installed once, into an empty project; each program is the
one of its page, started as a process of its own, once for users' tokens by a
shared secret and once by a JWKS. The local OSS and the application that receives the webhooks ran beside it, in the process of the run.

${printOutcomes(outcomes)}

(1) It sends responses without \`Content-Length\`, which OSS does not take: each callback was verified, recorded and delivered, OSS said 203, and
the page's \`confirm\` brought the application's response.

The journeys, the same on each; the last one where the outbox is on the disk of the machine:

${journeys.map((name) => `- ${name}`).join('\n')}

The calls are those of \`oss-upcall/node\`, which programs make ([server-uploads.md](../server-uploads.md)): ${CALL_NAMES.join('; ')}.

Not run, because no account or network is there: the platforms of Cloudflare, Deno Deploy, Vercel, Alibaba Cloud (ESA, Function Compute) and Tencent EdgeOne
themselves. For ESA, Vercel Edge and EdgeOne, \`edge-runtime\` stands in: it has Web APIs alone, without \`node:\` modules, \`Buffer\` or \`process\`.
`,
  )
}
