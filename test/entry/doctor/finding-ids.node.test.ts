import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FINDING_IDS } from '../../../src/entry/doctor/finding-ids.ts'

it('each finding has one entry in the documentation, in the order of the report', () => {
  const page = readFileSync('docs/doctor.md', 'utf8')
  const entries = [...page.matchAll(/^\| `([a-z.-]+)` \| .{10,} \| .{10,} \|$/gm)].map(
    ([, id]) => id,
  )
  expect(entries).toEqual([...FINDING_IDS])
})
