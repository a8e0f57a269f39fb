import { expect, it } from 'vitest'
import { RUNTIMES } from './runtimes.ts'
import { printOutcomes } from './table.ts'

const [runtime] = RUNTIMES
if (!runtime) throw new Error('There are no runtimes.')
const outcome = { runtime, version: '1.2.3', passed: ['a'], failed: [] }

it('a runtime that could not be had is in the table, with the reason', () => {
  const table = printOutcomes([{ ...outcome, passed: [], notRun: 'npm error 404' }])
  expect(table).toContain('| **not run here: npm error 404** |')
})

it('what failed stands out', () => {
  expect(printOutcomes([outcome])).toContain('| 1 of 1 | – | – |')
  expect(printOutcomes([{ ...outcome, failed: ['b: why'] }])).toContain('| **1 of 2** | – | – |')
  const vectors = { agreed: 3, disagreed: ['x'] }
  expect(printOutcomes([{ ...outcome, vectors }])).toContain('| 1 of 1 | **3 of 4** | – |')
  const calls = { passed: ['a', 'b'], failed: ['c: why'] }
  expect(printOutcomes([{ ...outcome, calls }])).toContain('| 1 of 1 | – | **2 of 3** |')
})
