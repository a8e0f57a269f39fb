import { describe, expect, it } from 'vitest'
import { isDoctorToken, signDoctorToken } from '../../src/signer/doctor-probe.ts'
import { createSecrets, createTokenFormat } from '../../src/signer/token.ts'
import { createClock, START } from '../support/clock.ts'
import { UPCALL_SECRET } from '../support/keys.ts'

const SECRETS = createSecrets(UPCALL_SECRET)
const OTHERS = createSecrets('another secret of more than 32 bytes, worthless')

describe('the token of the doctor', () => {
  it('is valid for five minutes, with the secret that made it', () => {
    const clock = createClock()
    const token = signDoctorToken(SECRETS, clock.now())
    clock.advance(299)
    expect(isDoctorToken(token, SECRETS, clock.now())).toBe(true)
    expect(isDoctorToken(token, OTHERS, clock.now())).toBe(false)
    clock.advance(1)
    expect(isDoctorToken(token, SECRETS, clock.now())).toBe(false)
  })

  it('is no token of another kind, and no text', () => {
    const end = START.getTime() / 1000 + 60
    const seal = createTokenFormat<{ e: number }>('upcall-seal', 1).sign({ e: end }, SECRETS)
    for (const token of ['', 'a.b.c', seal]) {
      expect(isDoctorToken(token, SECRETS, START)).toBe(false)
    }
  })
})
