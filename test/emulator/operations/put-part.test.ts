import { expect, it } from 'vitest'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import { readPartNumber } from '../../../src/emulator/operations/put-part.ts'
import { catchOss } from '../emulator-with-client.ts'

it('a part has a number from 1 to 10000', () => {
  expect([1, 10_000].map((number) => readPartNumber(parseQuery(`partNumber=${number}`)))).toEqual([
    1, 10_000,
  ])
  for (const text of ['', '0', '10001', '-1', '1.5', 'x', '1e3']) {
    expect(catchOss(() => readPartNumber(parseQuery(`partNumber=${text}`))).code).toBe(
      'InvalidArgument',
    )
  }
})
