import { describe, expect, it } from 'vitest'
import { ASSUMPTIONS, LIMITS, ModelError, parseBench, parsePrices, readInputs } from './inputs.ts'
import { countLedger, withLedger } from './measure-ledger.ts'

const inputs = readInputs()
const change = (edit: (json: typeof inputs.prices) => unknown): string => {
  const json = structuredClone(inputs.prices)
  return JSON.stringify(edit(json) ?? json)
}

function catchError(work: () => unknown): ModelError {
  try {
    work()
  } catch (error) {
    if (error instanceof ModelError) return error
  }
  throw new Error('No ModelError was thrown.')
}

describe('the inputs', () => {
  it('name the page of each limit and price, and when it was read', () => {
    const sources = [
      ...Object.values(LIMITS.limits).map(({ source }) => source),
      ...Object.values(inputs.prices.prices).map(({ source }) => source),
    ]
    for (const source of sources) {
      expect(source).toMatch(/^https:\/\/(developers\.cloudflare\.com|www\.alibabacloud\.com)\//)
    }
    for (const date of [LIMITS.read, inputs.prices.read]) expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
    for (const { what } of Object.values(ASSUMPTIONS)) expect(what.length).toBeGreaterThan(10)
  })

  it('have the rows that the Durable Object writes, as counted in workerd now', {
    timeout: 60_000,
  }, async () => {
    const { acceptCpuMicros: _, date: __, machine: ___, ...recorded } = inputs.ledger
    expect(await withLedger(countLedger)).toEqual(recorded)
  })
})

describe('parsePrices', () => {
  it('takes the file that the model comes with, and other prices', () => {
    expect(parsePrices(JSON.stringify(inputs.prices))).toEqual(inputs.prices)
    const other = parsePrices(
      change(({ prices }) => {
        prices.ossPutRequest.price = 0
      }),
    )
    expect(other.prices.ossPutRequest.price).toBe(0)
  })

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /not JSON/],
    ['no object', '[]', /currency/],
    ['an empty text', '', /not JSON/],
    [
      'a negative price',
      change(({ prices }) => {
        prices.workerRequest.price = -1
      }),
      /prices\.workerRequest\.price/,
    ],
    [
      'a price for nothing',
      change(({ prices }) => {
        prices.workerRequest.per = 0
      }),
      /prices\.workerRequest\.per/,
    ],
    [
      'a price as text',
      change(({ prices }) => ({ ...inputs.prices, prices: { ...prices, workerCpuMs: '1' } })),
      /prices\.workerCpuMs/,
    ],
    [
      'a price that nobody asks for',
      change(({ prices }) => ({
        ...inputs.prices,
        prices: { ...prices, coffee: prices.workerRequest },
      })),
      /coffee/,
    ],
    [
      'a missing price',
      change(({ prices: { objectRowWritten: _, ...prices } }) => ({ ...inputs.prices, prices })),
      /objectRowWritten/,
    ],
    ['a date that is none', change((json) => ({ ...json, read: 'today' })), /read/],
  ])('refuses %s', (_, text, message) => {
    const error = catchError(() => parsePrices(text))
    expect(error.code).toBe('PRICES')
    expect(error.message).toMatch(message)
  })
})

describe('parseBench', () => {
  it('finds the processor times of the table', () => {
    const table = [
      '| `POST /uploads` on Node, HS256, a fresh token each time | 10 173/s, 95 µs CPU | x |',
      '| `POST /uploads` in workerd, HS256, a fresh token each time | 2 919/s, 321 µs CPU | x |',
      '| `POST /callbacks/oss` as a whole, outbox: memory | 227.5 µs CPU | x |',
      '| `POST /callbacks/oss` as a whole, outbox: SQLite | 265.6 µs CPU | x |',
    ]
    expect(parseBench(table.join('\n'))).toEqual({
      ticketMicrosNode: 95,
      ticketMicrosWorkerd: 321,
      callbackMicrosNode: 227.5,
      callbackMicrosSqlite: 265.6,
    })
    const error = catchError(() => parseBench(table.slice(1).join('\n')))
    expect(error.code).toBe('BENCH')
  })
})
