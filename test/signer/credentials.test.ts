import { describe, expect, it } from 'vitest'
import { createCredentials, type ExpiringCredentials } from '../../src/signer/credentials.ts'
import { createClock } from '../support/clock.ts'
import { ACCESS_KEY } from '../support/keys.ts'

interface Bank {
  calls: number
  lend: () => Promise<ExpiringCredentials>
  /** The next call fails. */
  broken: boolean
}

function createBank(now: () => Date, lifeSeconds = 3600): Bank {
  const bank: Bank = {
    calls: 0,
    broken: false,
    async lend() {
      bank.calls += 1
      if (bank.broken) throw new Error('STS is down')
      const accessKeyId = `STS.${bank.calls}`
      const expiration = new Date(now().getTime() + lifeSeconds * 1000)
      return { accessKeyId, accessKeySecret: 's', securityToken: 't', expiration }
    },
  }
  return bank
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

describe('credentials', () => {
  it('that are fixed are answered at once, always the same object', () => {
    expect(createCredentials(ACCESS_KEY).current(new Date())).toBe(ACCESS_KEY)
  })

  it('that expire are asked for once by all who wait, and then answered at once', async () => {
    const { now } = createClock()
    const bank = createBank(now)
    const source = createCredentials(bank.lend)
    const lent = await Promise.all([
      source.current(now()),
      source.current(now()),
      source.current(now()),
    ])
    expect(bank.calls).toBe(1)
    expect(source.current(now())).toBe(lent[0])
  })

  it('are refreshed ahead of their end, without anyone waiting', async () => {
    const { now, advance } = createClock()
    const bank = createBank(now)
    const source = createCredentials(bank.lend)
    const first = await source.current(now())
    advance(3600 - 299)
    expect(source.current(now())).toBe(first)
    await settle()
    expect(source.current(now())).toMatchObject({ accessKeyId: 'STS.2' })
    expect(bank.calls).toBe(2)
  })

  it('with seconds left make everyone wait for new ones', async () => {
    const { now, advance } = createClock()
    const bank = createBank(now)
    const source = createCredentials(bank.lend)
    await source.current(now())
    advance(3600 - 30)
    expect(await source.current(now())).toMatchObject({ accessKeyId: 'STS.2' })
  })

  it('are used to their end when there are no new ones, without asking at every request', async () => {
    const { now, advance } = createClock()
    const bank = createBank(now)
    const source = createCredentials(bank.lend)
    const first = await source.current(now())
    bank.broken = true
    advance(3600 - 200)
    expect(source.current(now())).toBe(first)
    await settle()
    expect(source.current(now())).toBe(first)
    expect(bank.calls).toBe(2)
    advance(170)
    expect(await source.current(now())).toBe(first)
    advance(30)
    await expect(source.current(now())).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' })
    bank.broken = false
    expect(await source.current(now())).toMatchObject({ accessKeyId: 'STS.5' })
  })

  it.each<[string, ExpiringCredentials]>([
    ['without a secret', { accessKeyId: 'a', accessKeySecret: '' }],
    ['with a broken date', { ...ACCESS_KEY, expiration: new Date('tomorrow') }],
    ['that have expired', { ...ACCESS_KEY, expiration: new Date('2020-01-01') }],
  ])('%s are not believed', async (_, lent) => {
    const { now } = createClock()
    const source = createCredentials(async () => lent)
    await expect(source.current(now())).rejects.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' })
  })

  it('from a provider that throws at once are unavailable, not a crash', async () => {
    const { now } = createClock()
    const source = createCredentials(() => {
      throw new Error('no')
    })
    await expect(async () => source.current(now())).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
    })
  })
})
