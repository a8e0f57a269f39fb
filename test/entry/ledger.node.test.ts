import { expect, it } from 'vitest'
import { createLedger } from '../../src/entry/ledger.ts'
import type { DurableObjectState } from '../../src/entry/outbox-durable-object.ts'
import { ENVIRONMENT } from '../support/environment.ts'

/** The object is made, and asked nothing. */
const STATE: DurableObjectState = {
  storage: {
    sql: { exec: () => ({ toArray: () => [] }) },
    transactionSync: (work) => work(),
    setAlarm: async () => {},
  },
  blockConcurrencyWhile: () => new Promise(() => {}),
}

const OWN = {
  profiles: { photo: { key: 'photos/{sub}/{id}.{ext}', types: ['image/*'], maxSize: 1000 } },
  authenticate: () => ({ subject: 'alice' }),
  onReceipt: () => ({ ok: true }),
}

const OF_OTHERS = /^UPCALL_(PROFILES|JWT|JWKS|WEBHOOK)/

it('needs no variable for what the program brings itself', () => {
  const entries = Object.entries(ENVIRONMENT).filter(([name]) => !OF_OTHERS.test(name))
  const env = Object.fromEntries(entries)
  const Own = createLedger(OWN)
  expect(new Own(STATE, env)).toBeDefined()
  const Other = createLedger()
  expect(() => new Other(STATE, env)).toThrow(/UPCALL_PROFILES(.|\n)+UPCALL_JWT_SECRET/)
})

it('takes a function alone, where profiles and tokens are in the variables', () => {
  const entries = Object.entries(ENVIRONMENT).filter(([name]) => !name.startsWith('UPCALL_WEBHOOK'))
  const Own = createLedger({ onReceipt: OWN.onReceipt })
  expect(new Own(STATE, Object.fromEntries(entries))).toBeDefined()
})
