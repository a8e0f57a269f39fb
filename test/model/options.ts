/** The options of `npm run model`. */
import { parseArgs } from 'node:util'
import { ModelError } from './inputs.ts'

export interface RunOptions {
  uploadsPerSecond: number[]
  regions: number
  downMinutes: number
  seed: number
  prices?: string | undefined
  isJson: boolean
  isWrite: boolean
}

export const USAGE = `npm run model -- [options]
  --uploads-per-second N   may be repeated; 100000 and 1000000 by default
  --regions N              8 by default; region k has a share in proportion to 1/√k
  --down-minutes N         how long the application is down; 60 by default, 0 leaves it out
  --prices FILE            JSON like test/model/prices.json
  --seed N                 of the simulated events; 1 by default
  --json                   prints the results as JSON
  --write                  writes the results into docs/scale.md; with the defaults alone`

/** Largest values: what runs within a minute, or within a day of the outage. */
const MAX = { uploads: 1e8, regions: 200, downMinutes: 1440, seed: 2 ** 32 - 1 }

interface Range {
  least: number
  most: number
  isWhole?: boolean
}

/** @throws {ModelError} `OPTION` */
function parseNumber(name: string, text: string, { least, most, isWhole = false }: Range): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value
  const kind = isWhole ? 'a whole number' : 'a number'
  throw new ModelError('OPTION', `--${name} must be ${kind} from ${least} to ${most}.`)
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'uploads-per-second': { type: 'string', multiple: true },
        regions: { type: 'string' },
        'down-minutes': { type: 'string' },
        prices: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        write: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    throw new ModelError('OPTION', cause instanceof Error ? cause.message : String(cause), {
      cause,
    })
  }
}

/** @throws {ModelError} `OPTION` */
export function parseOptions(args: readonly string[]): RunOptions {
  const flags = readFlags(args)
  const { json = false, write = false, prices } = flags
  if (write && Object.keys(flags).length > 1) {
    throw new ModelError('OPTION', '--write takes no other option: the page tells the defaults.')
  }
  const rates = flags['uploads-per-second'] ?? ['100000', '1000000']
  return {
    uploadsPerSecond: rates.map((text) =>
      parseNumber('uploads-per-second', text, { least: 1, most: MAX.uploads }),
    ),
    regions: parseNumber('regions', flags.regions ?? '8', {
      least: 1,
      most: MAX.regions,
      isWhole: true,
    }),
    downMinutes: parseNumber('down-minutes', flags['down-minutes'] ?? '60', {
      least: 0,
      most: MAX.downMinutes,
    }),
    seed: parseNumber('seed', flags.seed ?? '1', { least: 0, most: MAX.seed, isWhole: true }),
    prices,
    isJson: json,
    isWrite: write,
  }
}
