import { expect, it, vi } from 'vitest'
import { createReader } from '../../../client/transform/reader.ts'

const file = new Blob([Uint8Array.from({ length: 100 }, (_, at) => at)])

it('reads what is asked for, across blocks and up to the end', async () => {
  const read = createReader(file, 10)
  expect([...(await read(8, 4))]).toEqual([8, 9, 10, 11])
  expect([...(await read(3, 2))]).toEqual([3, 4])
  expect((await read(20, 50)).length).toBe(50)
  expect([...(await read(98, 4))]).toEqual([98, 99])
  expect((await read(100, 4)).length).toBe(0)
  expect((await read(1000, 4)).length).toBe(0)
})

it('has the rest of the block without a length', async () => {
  const read = createReader(file, 10)
  expect((await read(0)).length).toBe(10)
  expect((await read(7)).length).toBe(3)
  expect((await read(100)).length).toBe(0)
})

it('reads each block once', async () => {
  const slice = vi.spyOn(file, 'slice')
  const read = createReader(file, 50)
  for (let at = 0; at < 100; at += 1) expect([...(await read(at, 1))]).toEqual([at])
  expect(slice).toHaveBeenCalledTimes(2)
  slice.mockRestore()
})
