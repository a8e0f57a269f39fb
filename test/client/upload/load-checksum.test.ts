import { expect, it } from 'vitest'
import { loadChecksum } from '../../../client/upload/load-checksum.ts'

it('fetches the checksum once for all uploads of a page', async () => {
  const [one, two] = await Promise.all([loadChecksum(), loadChecksum()])
  expect(one).toBe(two)
  expect(await one?.crc64(new Blob(['123456789']))).toBe(String(0x995dc9bbdf1939fan))
})
