import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../src/emulator/storage/storage.ts'
import { testStorage } from '../storage-contract.ts'

describe('storage in memory', () => {
  testStorage(createMemoryStorage)

  it('saves no records: the catalog holds them', async () => {
    const storage = createMemoryStorage()
    await storage.save([['a', 1]])
    expect(await storage.load()).toEqual([])
  })
})
