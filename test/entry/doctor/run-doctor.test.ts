import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/entry/doctor/finding.ts'
import { FINDING_IDS } from '../../../src/entry/doctor/finding-ids.ts'
import { runDoctor } from '../../../src/entry/doctor/run-doctor.ts'
import { createDoctorSetup, OPERATOR_TOKEN } from '../../support/doctor-setup.ts'
import { PLANTED } from '../../support/keys.ts'
import { OTHER_SECRET, SECRET } from '../../support/webhook-samples.ts'
import { APPLICATION_FAULTS } from './application-faults.ts'
import type { Fault } from './fault.ts'
import { GOOD_SETUPS } from './good-setups.ts'
import { BUCKET_FAULTS, KEY_FAULTS, OSS_FAULTS, SETTING_FAULTS } from './oss-faults.ts'
import { CALLBACK_FAULTS, SERVICE_FAULTS } from './service-faults.ts'

const SECRETS = [...PLANTED, SECRET, OTHER_SECRET, OPERATOR_TOKEN, 'PLANTED']

function listBad(findings: readonly Finding[]): Record<string, string> {
  const bad = findings.filter(({ id, state }) => state !== 'ok' && id !== 'excess.others')
  return Object.fromEntries(bad.map(({ id, state }) => [id, state]))
}

const isChange = (method: string) => /PUT|POST|DELETE/.test(method)

describe('the doctor', () => {
  it('finds nothing wrong where nothing is wrong', async () => {
    const { env, ports, oss, calls, lines } = createDoctorSetup()
    const findings = await runDoctor(env, ports)
    expect(listBad(findings)).toEqual({})
    expect(findings.length).toBeGreaterThan(40)
    // No receipt, no event and no question went to the application.
    expect([calls, lines]).toEqual([[], []])
    const changes = oss.log.requests.filter(
      ({ status, method }) => isChange(method) && status < 300,
    )
    expect(changes).toMatchObject([
      { operation: 'PutObject', key: expect.stringMatching(/^avatars\/\.upcall-doctor-[\w-]$/) },
    ])
  })

  it('deletes its object where it may, and changes nothing else', async () => {
    const { env, ports, oss } = createDoctorSetup({
      policy: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    })
    await runDoctor(env, ports)
    const done = oss.log.requests.filter(({ status, method }) => isChange(method) && status < 300)
    expect(done.map(({ operation }) => operation)).toEqual(['PutObject', 'DeleteObject'])
  })

  it.each(GOOD_SETUPS)('finds nothing wrong with %s', async (_, plant, also = {}) => {
    const { env, ports } = createDoctorSetup(plant)
    expect(listBad(await runDoctor(env, ports))).toEqual(also)
  })

  it('runs twice at once', async () => {
    const { env, ports } = createDoctorSetup()
    const both = await Promise.all([runDoctor(env, ports), runDoctor(env, ports)])
    expect(both.map(listBad)).toEqual([{}, {}])
  })

  it('goes through everything with nothing but failures, and throws nothing', async () => {
    const { env, ports } = createDoctorSetup({
      network: () => {
        throw new Error('PLANTED')
      },
      tls: () => ({ kind: 'failed', code: 'PLANTED' }),
    })
    const findings = await runDoctor(env, ports)
    expect(listBad(findings)).toMatchObject({ 'oss.connect': 'fail', 'webhook.connect': 'fail' })
  })
})

const FAULTS = [
  ...SETTING_FAULTS,
  ...OSS_FAULTS,
  ...KEY_FAULTS,
  ...BUCKET_FAULTS,
  ...SERVICE_FAULTS,
  ...CALLBACK_FAULTS,
  ...APPLICATION_FAULTS,
]

it('every finding there is has a fault that causes it', () => {
  const caused = new Set(FAULTS.flatMap(({ finds }) => Object.keys(finds)))
  expect(FINDING_IDS.filter((id) => !caused.has(id))).toEqual(['excess.others'])
})

describe.each([
  ['settings', SETTING_FAULTS],
  ['OSS', OSS_FAULTS],
  ['the key', KEY_FAULTS],
  ['the bucket', BUCKET_FAULTS],
  ['the service', SERVICE_FAULTS],
  ['the callback', CALLBACK_FAULTS],
  ['the application', APPLICATION_FAULTS],
])('a fault of %s', (_, faults) => {
  it.each(faults.map((fault): [string, Fault] => [fault.name, fault]))(
    'is found, and no other: %s',
    async (_name, { plant, finds, details, says }) => {
      const { env, ports } = createDoctorSetup(plant)
      const findings = await runDoctor(env, ports)
      expect(listBad(findings)).toEqual(finds)
      const [first = ''] = Object.keys(finds)
      const found = findings.find(({ id, state }) => id === first && state !== 'ok')
      if (details) expect(found?.details).toMatchObject(details)
      const { what, why, fix } = found ?? {}
      if (says) expect(`${what?.en} ${fix?.en}`).toMatch(says)
      if (found?.state !== 'not-checked') {
        for (const text of [what, why, fix]) {
          expect(text?.en).toMatch(/\w/)
          expect(text?.zh).toMatch(/\S/)
          // Chinese has marks of its own.
          expect(text?.zh).not.toMatch(/\p{Script=Han}[,;:()]|[,;:()]\p{Script=Han}/u)
        }
      }
      for (const secret of SECRETS) expect(JSON.stringify(findings)).not.toContain(secret)
    },
  )
})
