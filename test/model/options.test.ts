import { describe, expect, it } from 'vitest'
import { ModelError } from './inputs.ts'
import { parseOptions } from './options.ts'

describe('parseOptions', () => {
  it('has defaults for all', () => {
    expect(parseOptions([])).toEqual({
      uploadsPerSecond: [100_000, 1_000_000],
      regions: 8,
      downMinutes: 60,
      seed: 1,
      prices: undefined,
      isJson: false,
      isWrite: false,
    })
  })

  it('takes several rates, and each option', () => {
    const args = '--uploads-per-second 5 --uploads-per-second=1e3 --regions 1 --down-minutes 0.5'
    const more = '--prices a.json --seed 7 --json'
    expect(parseOptions(`${args} ${more}`.split(' '))).toEqual({
      uploadsPerSecond: [5, 1000],
      regions: 1,
      downMinutes: 0.5,
      seed: 7,
      prices: 'a.json',
      isJson: true,
      isWrite: false,
    })
  })

  it.each([
    '--uploads-per-second 0',
    '--uploads-per-second many',
    '--uploads-per-second=',
    '--uploads-per-second Infinity',
    '--uploads-per-second 1e9',
    '--regions 0',
    '--regions 1.5',
    '--regions 201',
    '--down-minutes=-1',
    '--down-minutes 1441',
    '--seed -1',
    '--seed 4294967296',
    '--region 3',
    '--json=yes',
    'more',
    '--write --regions 3',
    '--write --json',
  ])('refuses %s', (args) => {
    let error: unknown
    try {
      parseOptions(args.split(' '))
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ModelError)
    expect(error).toMatchObject({ code: 'OPTION' })
  })
})
