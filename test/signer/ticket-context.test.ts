import { describe, expect, it } from 'vitest'
import { planSigning } from '../../src/signer/ticket-context.ts'
import { START } from '../support/clock.ts'
import { ACCESS_KEY } from '../support/keys.ts'

const inSeconds = (seconds: number) => new Date(START.getTime() + seconds * 1000)

describe('the life of signatures', () => {
  it.each([
    ['as the profile says', { ticketSeconds: 900 }, ACCESS_KEY, 900],
    [
      'never longer than the credentials',
      { ticketSeconds: 900 },
      { ...ACCESS_KEY, expiration: inSeconds(100.9) },
      100,
    ],
    [
      'at most twelve hours with a token',
      { ticketSeconds: 604_800 },
      { ...ACCESS_KEY, securityToken: 't' },
      43_200,
    ],
    ['at least a second', { ticketSeconds: 900 }, { ...ACCESS_KEY, expiration: inSeconds(0.2) }, 1],
  ])('is %s', (_, profile, credentials, seconds) => {
    const session = { expiresAt: inSeconds(30 * 86_400).getTime() / 1000 }
    expect(planSigning(profile, session, credentials, START).expiresInSeconds).toBe(seconds)
  })

  it.each([
    [900, 900],
    [899, 899],
    [1, 1],
  ])('ends with a session that has %i seconds left', (secondsLeft, seconds) => {
    const session = { expiresAt: Math.floor(START.getTime() / 1000) + secondsLeft }
    const signing = planSigning({ ticketSeconds: 900 }, session, ACCESS_KEY, START)
    expect(signing.expiresInSeconds).toBe(seconds)
  })
})
