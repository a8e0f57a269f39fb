/** Every attack of the tables, for real, on Node and in workerd. */
import { describe, expect, it } from 'vitest'
import { PLANTED } from '../support/keys.ts'
import { type Attack, CONFIDENTIAL, createScene, OPERATOR_TOKEN } from './attack.ts'
import { ATTACKS } from './table.ts'

const LEAST = 60
const all = Object.values(ATTACKS).flat()

describe('the tables', () => {
  it(`have at least ${LEAST} attacks, each under a name of its own`, () => {
    expect(all.length).toBeGreaterThanOrEqual(LEAST)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })
})

async function tryAttack({ run, settings, meets }: Attack): Promise<void> {
  const scene = createScene(settings)
  expect(await run(scene)).toBe(meets)
  expect(scene.receipts.length, 'the application has what is rightful, no more').toBe(
    scene.rightful,
  )
  for (const text of [...scene.texts, ...scene.lines]) {
    for (const secret of [...PLANTED, OPERATOR_TOKEN]) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/x-oss-signature=|Signature=|Bearer ey/)
  }
  for (const line of scene.lines) expect(line).not.toMatch(CONFIDENTIAL)
  const failures = scene.texts.filter((text) => /"code":"(?:INTERNAL|CONFIG)"/.test(text))
  expect(failures, 'nothing breaks').toEqual([])
}

describe.each(Object.entries(ATTACKS))('%s', (_, attacks) => {
  it.each(attacks.map((attack) => [attack.id, attack] as const))('%s', (__, attack) =>
    tryAttack(attack),
  )
})
