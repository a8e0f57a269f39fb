import { describe, expect, it } from 'vitest'
import type { DeliveryState } from '../../../src/service/delivery/outbox.ts'
import {
  createSweep,
  type ListPage,
  type SweepArea,
  type SweepDeps,
} from '../../../src/service/delivery/sweep.ts'
import type { Receipt } from '../../../src/signer/accept-callback.ts'

const NOW = new Date('2030-01-02T00:00:00Z')
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000)

interface Stored {
  key: string
  id?: string
  ageSeconds: number
}

/** A bucket with two entries a page, and an outbox that remembers ids. */
function createBucket(
  objects: Stored[],
  more: Partial<SweepDeps> = {},
  uploads: { key: string; uploadId: string; ageSeconds: number }[] = [],
) {
  const recorded = new Set<string>()
  const heads: string[] = []
  const aborted: string[] = []
  function readPage<T>(list: T[], after = '0'): ListPage<T> {
    const from = Number(after)
    const next = from + 2 < list.length ? String(from + 2) : undefined
    return { entries: list.slice(from, from + 2), next }
  }
  const area: SweepArea = {
    prefix: 'a/',
    readId: (key) => /^a\/id-(\w+)$/.exec(key)?.[1],
    isOurs: true,
  }
  const sweep = createSweep({
    areas: [area],
    now: () => NOW,
    outbox: {
      async accept({ id }): Promise<DeliveryState> {
        recorded.add(id)
        return { state: 'due', attempts: 0, nextAt: NOW }
      },
      missing: async (ids) => ids.filter((id) => !recorded.has(id)),
    },
    listObjects: async (prefix, after) => {
      const found = objects.filter(({ key }) => key.startsWith(prefix))
      return readPage(
        found.map(({ key, ageSeconds }) => ({ key, size: 1, lastModified: ago(ageSeconds) })),
        after,
      )
    },
    listUploads: async (prefix, after) => {
      const found = uploads.filter(({ key }) => key.startsWith(prefix))
      return readPage(
        found.map(({ key, uploadId, ageSeconds }) => ({
          key,
          uploadId,
          initiatedAt: ago(ageSeconds),
        })),
        after,
      )
    },
    async readReceipt(key) {
      heads.push(key)
      const id = objects.find((object) => object.key === key)?.id
      return id === undefined ? undefined : ({ id, key } as Receipt)
    },
    abort: async (_, uploadId) => void aborted.push(uploadId),
    ...more,
  })
  return { sweep, recorded, heads, aborted, area }
}

describe('the sweep', () => {
  it('accepts what nobody recorded, over all pages, and nothing twice', async () => {
    const objects = Array.from({ length: 7 }, (_, at) => ({
      key: `a/id-${at}`,
      id: String(at),
      ageSeconds: 600,
    }))
    const { sweep, recorded, heads } = createBucket(objects)
    recorded.add('3')
    expect(await sweep()).toEqual({
      listed: 7,
      accepted: 6,
      failed: 0,
      aborted: 0,
      problems: [],
      isPartial: false,
    })
    expect(heads).not.toContain('a/id-3')
    expect(await sweep()).toMatchObject({ listed: 7, accepted: 0, failed: 0 })
    expect(heads).toHaveLength(6)
  })

  it('leaves young objects to their callbacks, and looks at none older than its window', async () => {
    const { sweep, recorded } = createBucket([
      { key: 'a/id-young', id: 'young', ageSeconds: 119 },
      { key: 'a/id-ripe', id: 'ripe', ageSeconds: 120 },
      { key: 'a/id-old', id: 'old', ageSeconds: 7 * 86_400 },
      { key: 'a/id-ancient', id: 'ancient', ageSeconds: 7 * 86_400 + 1 },
    ])
    await sweep()
    expect([...recorded].sort()).toEqual(['old', 'ripe'])
    await sweep({ olderThanSeconds: 0, windowSeconds: 10 * 86_400 })
    expect([...recorded].sort()).toEqual(['ancient', 'old', 'ripe', 'young'])
  })

  it('asks OSS where the key does not tell the id, and passes over foreign objects', async () => {
    const { sweep, recorded } = createBucket([
      { key: 'a/me.png', id: 'mine', ageSeconds: 600 },
      { key: 'a/foreign.png', ageSeconds: 600 },
    ])
    expect(await sweep()).toMatchObject({ listed: 2, accepted: 1, failed: 0 })
    expect([...recorded]).toEqual(['mine'])
  })

  it('goes on after a failure, counts it, and does that object the next time', async () => {
    let isBroken = true
    const objects = ['1', '2', '3'].map((id) => ({ key: `a/id-${id}`, id, ageSeconds: 600 }))
    const { sweep } = createBucket(objects, {
      async readReceipt(key) {
        if (isBroken && key === 'a/id-2') throw new Error('OSS did not respond.')
        return { id: key.slice(-1), key } as Receipt
      },
    })
    expect(await sweep()).toMatchObject({
      accepted: 2,
      failed: 1,
      problems: ['OSS did not respond.'],
    })
    isBroken = false
    expect(await sweep()).toMatchObject({ accepted: 1, failed: 0 })
  })

  it('reports a listing that fails, and still looks through the other areas', async () => {
    const { area } = createBucket([])
    const { sweep } = createBucket([{ key: 'b/id-9', id: '9', ageSeconds: 600 }], {
      areas: [area, { ...area, prefix: 'b/' }],
      listUploads: async (prefix) => {
        if (prefix === 'a/') throw new Error('AccessDenied')
        return { entries: [] }
      },
    })
    expect(await sweep()).toMatchObject({ accepted: 1, failed: 1, problems: ['AccessDenied'] })
  })

  it('looks once through areas that lie within each other', async () => {
    const lists: string[] = []
    const { area } = createBucket([])
    const { sweep } = createBucket([], {
      areas: [
        { ...area, prefix: 'a/b/' },
        { ...area, prefix: 'a/' },
        { ...area, prefix: 'a/' },
        { ...area, prefix: 'c/' },
      ],
      listObjects: async (prefix) => {
        lists.push(prefix)
        return { entries: [] }
      },
    })
    await sweep()
    expect(lists.sort()).toEqual(['a/', 'c/'])
  })

  it('aborts unfinished uploads after their time, only where every key is ours', async () => {
    const uploads = [
      { key: 'a/1', uploadId: 'old', ageSeconds: 3 * 86_400 + 1 },
      { key: 'a/2', uploadId: 'young', ageSeconds: 3600 },
      { key: 'a/3', uploadId: 'older', ageSeconds: 9 * 86_400 },
    ]
    const { sweep, aborted, area } = createBucket([], {}, uploads)
    expect(await sweep()).toMatchObject({ aborted: 2, failed: 0 })
    expect(aborted.sort()).toEqual(['old', 'older'])
    const foreign = createBucket([], { areas: [{ ...area, isOurs: false }] }, uploads)
    expect(await foreign.sweep()).toMatchObject({ aborted: 0 })
    const within = createBucket(
      [],
      {
        areas: [
          { ...area, prefix: '', isOurs: false },
          { ...area, prefix: 'a/' },
        ],
      },
      [...uploads, { key: 'z/1', uploadId: 'foreign', ageSeconds: 9 * 86_400 }],
    )
    await within.sweep()
    expect(within.aborted.sort()).toEqual(['old', 'older'])
  })

  it('stops at its signal and says that it is partial', async () => {
    const controller = new AbortController()
    const objects = Array.from({ length: 9 }, (_, at) => ({
      key: `a/id-${at}`,
      id: String(at),
      ageSeconds: 600,
    }))
    const { sweep, recorded } = createBucket(objects, {
      async readReceipt(key) {
        controller.abort()
        return { id: key.slice(5), key } as Receipt
      },
    })
    expect(await sweep({ signal: controller.signal })).toMatchObject({ isPartial: true })
    expect(recorded.size).toBeLessThan(3)
  })
})
