/** What the figures were measured on: kinds and versions, no names and no paths. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { findChromium } from '../support/chromium.ts'
import { printTable } from './report.ts'

const GIB = 1024 ** 3

function readVersion(name: string): string {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

async function readChromium(): Promise<string> {
  return execFileSync(await findChromium(), ['--version'], { encoding: 'utf8' }).trim()
}

/** The load of the machine: the mean number of runnable processes in the last minute. */
export function readLoad(): string {
  return loadavg()[0]?.toFixed(1) ?? ''
}

export async function describeMachine(loadBefore: string): Promise<string> {
  const [cpu] = cpus()
  return printTable(
    ['Machine', ''],
    [
      ['Processor', `${availableParallelism()} × ${cpu?.model ?? 'unknown'}`],
      ['Memory', `${Math.round(totalmem() / GIB)} GiB`],
      ['System', `${process.platform} ${process.arch}`],
      ['Node', process.version],
      ['workerd', readVersion('workerd')],
      ['Chromium', await readChromium()],
      [
        'Others',
        ['ali-oss', 'aws4fetch', 'hono', 'jose']
          .map((one) => `${one} ${readVersion(one)}`)
          .join(', '),
      ],
      ['Load of the machine before and after', `${loadBefore}, ${readLoad()}`],
      ['Date', new Date().toISOString().slice(0, 10)],
    ],
  )
}
