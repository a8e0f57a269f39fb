import { describe, expect, it } from 'vitest'
import { createCredentials, type ExpiringCredentials } from '../../src/signer/credentials.ts'
import { createClock } from '../support/clock.ts'
import { ACCESS_KEY } from '../support/keys.ts'

interface StsStub {
  calls: number
  provide: () => Promise<ExpiringCredentials>
  /** The next call fails. */
  broken: boolean
}

function createStsStub(now: () => Date, lifeSeconds = 3600): StsStub {
  const sts: StsStub = {
    calls: 0,
    broken: false,
    async provide() {
      sts.calls += 1
      if (sts.broken) throw new Error('STS is down')
      const accessKeyId = `STS.${sts.calls}`
      const expiration = new Date(now().getTime() + lifeSeconds * 1000)
      return { accessKeyId, accessKeySecret: 's', securityToken: 't', expiration }
    },
  }
  return sts
}

describe('credentials', () => {
  it('that are fixed are returned at once, always the same object', () => {
    expect(createCredentials(ACCESS_KEY).current(new Date())).toBe(ACCESS_KEY)
  })

  it('that expire are requested once for all callers that wait, and then returned at once', async () => {
    const { now } = createClock()
    const sts = createStsStub(now)
    const source = createCredentials(sts.provide)
    const results = await Promise.all([
      source.current(now()),
      source.current(now()),
      source.current(now()),
    ])
    expect(sts.calls).toBe(1)
    expect(source.current(now())).toBe(results[0])
  })

  it('are renewed before their end by the request that comes first; others use the old ones', async () => {
    const { now, advance } = createClock()
    const sts = createStsStub(now)
    const source = createCredentials(sts.provide)
    const first = await source.current(now())
    advance(3600 - 299)
    const refreshing = source.current(now())
    expect(source.current(now())).toBe(first)
    expect(await refreshing).toMatchObject({ accessKeyId: 'STS.2' })
    expect(source.current(now())).toMatchObject({ accessKeyId: 'STS.2' })
    expect(sts.calls).toBe(2)
  })

  it('that live on are used when new ones do not come soon', async () => {
    const { now, advance } = createClock()
    const sts = createStsStub(now)
    let isHanging = false
    const provider = () => (isHanging ? new Promise<never>(() => {}) : sts.provide())
    const source = createCredentials(provider, { refreshWaitMs: 10, limitMs: 40, takeOverMs: 10 })
    const first = await source.current(now())
    isHanging = true
    advance(3600 - 200)
    expect(await source.current(now())).toBe(first)
    expect(source.current(now())).toBe(first)
    advance(170)
    expect(await source.current(now())).toBe(first)
    advance(30)
    await expect(source.current(now())).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      cause: { name: 'TimeoutError' },
    })
  })

  it('are asked for again by those who wait for a request that was cut off', async () => {
    const { now } = createClock()
    const sts = createStsStub(now)
    let isFirst = true
    const provider = () => {
      if (!isFirst) return sts.provide()
      isFirst = false
      return new Promise<never>(() => {})
    }
    const source = createCredentials(provider, { takeOverMs: 10 })
    // In workerd nobody would see it fail, here its time limit comes.
    Promise.resolve(source.current(now())).catch(() => undefined)
    const others = await Promise.all([1, 2, 3, 4].map(() => source.current(now())))
    expect(others.map(({ accessKeyId }) => accessKeyId)).toEqual([
      'STS.1',
      'STS.1',
      'STS.1',
      'STS.1',
    ])
    expect(sts.calls).toBe(1)
  })

  it('with seconds left make all callers wait for new ones', async () => {
    const { now, advance } = createClock()
    const sts = createStsStub(now)
    const source = createCredentials(sts.provide)
    await source.current(now())
    advance(3600 - 30)
    expect(await source.current(now())).toMatchObject({ accessKeyId: 'STS.2' })
  })

  it('are used to their end when there are no new ones, without a call for each request', async () => {
    const { now, advance } = createClock()
    const sts = createStsStub(now)
    const source = createCredentials(sts.provide)
    const first = await source.current(now())
    sts.broken = true
    advance(3600 - 200)
    expect(await source.current(now())).toBe(first)
    expect(source.current(now())).toBe(first)
    expect(sts.calls).toBe(2)
    advance(170)
    expect(await source.current(now())).toBe(first)
    advance(30)
    await expect(source.current(now())).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' })
    sts.broken = false
    expect(await source.current(now())).toMatchObject({ accessKeyId: 'STS.5' })
  })

  it('with less than a second left are not used: the shortest signature would outlive them', async () => {
    const { now, advance } = createClock()
    const sts = createStsStub(now, 3600.9)
    const source = createCredentials(sts.provide)
    const first = await source.current(now())
    sts.broken = true
    advance(3599.9)
    expect(await source.current(now())).toBe(first)
    advance(0.2)
    await expect(source.current(now())).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' })
  })

  it.each<[string, ExpiringCredentials]>([
    ['without a secret', { accessKeyId: 'a', accessKeySecret: '' }],
    ['with a broken date', { ...ACCESS_KEY, expiration: new Date('tomorrow') }],
    ['with a text instead of a date', { ...ACCESS_KEY, expiration: '2099-01-01' as never }],
    ['that have expired', { ...ACCESS_KEY, expiration: new Date('2020-01-01') }],
  ])('%s are not believed', async (_, lent) => {
    const { now } = createClock()
    const source = createCredentials(async () => lent)
    await expect(source.current(now())).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' })
  })

  it('are unavailable when the provider throws synchronously', async () => {
    const { now } = createClock()
    const source = createCredentials(() => {
      throw new Error('no')
    })
    await expect(async () => source.current(now())).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
    })
  })
})
