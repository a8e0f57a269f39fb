import { describe, expect, it } from 'vitest'
import { createPartUrls } from '../../../client/upload/part-urls.ts'
import type { PartWindow } from '../../../src/signer/ticket.ts'

function createEmulatorWithClient(count: number, { life = 900, withFirst = true } = {}) {
  const missing = new Set(Array.from({ length: count }, (_, at) => at + 1))
  const asked: number[][] = []
  let time = 0
  const advance = (seconds: number) => {
    time += seconds * 1000
  }
  let windows = 0
  const build = (partNumbers: number[]): PartWindow => {
    windows += 1
    const url = (name: string | number) =>
      `https://oss.test/${name}?w=${windows}&x-oss-expires=${life}`
    return {
      parts: partNumbers.map((partNumber) => ({ partNumber, url: url(partNumber) })),
      complete: { url: url('complete'), headers: { 'x-oss-complete-all': 'yes' } },
      expiresAt: '1999-01-01T00:00:00.000Z',
    }
  }
  const ask = async (partNumbers: number[]) => {
    asked.push(partNumbers)
    await Promise.resolve()
    return build(partNumbers)
  }
  const first = withFirst ? build([...missing].slice(0, 100)) : undefined
  const urls = createPartUrls(
    ask,
    () => [...missing],
    first,
    () => time,
  )
  return { urls, asked, missing, advance }
}

describe('part URLs', () => {
  it('ask ⌈N/100⌉ − 1 times beyond the ticket, each time ahead of need', async () => {
    const { urls, asked, missing } = createEmulatorWithClient(250)
    for (let partNumber = 1; partNumber <= 250; partNumber += 1) {
      expect(await urls.find(partNumber)).toContain(`/${partNumber}?`)
      if (partNumber === 91) expect(asked).toHaveLength(0)
      if (partNumber === 92) expect(asked).toHaveLength(1)
      missing.delete(partNumber)
    }
    expect(asked.map((list) => [list[0], list.length])).toEqual([
      [101, 100],
      [201, 50],
    ])
  })

  it('ask once when many parts find their window expired at the same time', async () => {
    const { urls, asked } = createEmulatorWithClient(80)
    const old = await Promise.all([1, 2, 3, 4].map((partNumber) => urls.find(partNumber)))
    for (const url of old) urls.drop(url)
    await Promise.all([1, 2, 3, 4].map((partNumber) => urls.find(partNumber)))
    expect(asked).toHaveLength(1)
    expect(asked[0]).toHaveLength(80)
  })

  it('of a newer window survive the expiry of an older one', async () => {
    const { urls, asked, advance } = createEmulatorWithClient(80)
    const old = await urls.find(1)
    urls.drop(old)
    advance(1)
    const fresh = await urls.find(2)
    urls.drop(old)
    expect(await urls.find(2)).toBe(fresh)
    expect(asked).toHaveLength(1)
  })

  it('are not started with at the end of their life, whatever the time of day is here', async () => {
    const { urls, asked, advance } = createEmulatorWithClient(3)
    advance(809)
    await urls.find(1)
    expect(asked).toHaveLength(0)
    advance(2)
    expect(await urls.find(1)).toContain('w=2')
    expect(asked).toEqual([[1, 2, 3]])
  })

  it('of a resumed upload are asked for the missing parts only', async () => {
    const { urls, asked, missing } = createEmulatorWithClient(30, { withFirst: false })
    for (let partNumber = 1; partNumber <= 20; partNumber += 1) missing.delete(partNumber)
    await urls.find(21)
    expect(asked).toEqual([[21, 22, 23, 24, 25, 26, 27, 28, 29, 30]])
  })

  it('have the Complete beside them, also when no part is missing any more', async () => {
    const { urls, asked, missing, advance } = createEmulatorWithClient(3)
    expect((await urls.findComplete()).headers).toEqual({ 'x-oss-complete-all': 'yes' })
    missing.clear()
    advance(3600)
    expect((await urls.findComplete()).url).toContain('complete?w=2')
    expect(asked).toEqual([[1]])
  })

  it('end with BAD_RESPONSE when the service signs something else each time', async () => {
    const { urls } = createEmulatorWithClient(3, { life: 0 })
    await expect(urls.find(1)).rejects.toMatchObject({ code: 'BAD_RESPONSE' })
  })

  it('pass on why they could not be had, and ask anew the next time', async () => {
    let times = 0
    const urls = createPartUrls(
      async () => {
        times += 1
        throw new Error('down')
      },
      () => [1],
    )
    await expect(urls.find(1)).rejects.toThrow('down')
    await expect(urls.find(1)).rejects.toThrow('down')
    expect(times).toBe(2)
  })
})
