import { expect, it } from 'vitest'
import { createDeadline } from '../../src/service/deadline.ts'

it('a deadline tells whole milliseconds that are left, never fewer than none', () => {
  let clock = 10.25
  const deadline = createDeadline(4000, () => clock)
  expect(deadline.leftMs()).toBe(4000)
  clock += 1500.5
  expect(deadline.leftMs()).toBe(2499)
  clock += 99_999
  expect(deadline.leftMs()).toBe(0)
})

it('a deadline takes the platform’s monotonic clock by default', async () => {
  const deadline = createDeadline(1000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(deadline.leftMs()).toBeLessThan(990)
  expect(Number.isInteger(deadline.leftMs())).toBe(true)
})
