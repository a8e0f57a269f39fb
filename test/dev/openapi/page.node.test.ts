import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ALL_STATUS } from '../../../src/dev/openapi/errors.ts'
import { buildApiPage, CODES } from '../../../src/dev/openapi/page.ts'

it('docs/api.md is as `node src/dev/openapi/page.ts` writes it', () => {
  expect(readFileSync('docs/api.md', 'utf8')).toBe(buildApiPage())
})

it('says of every code what it means and what to do', () => {
  expect(Object.keys(CODES).sort()).toEqual(Object.keys(ALL_STATUS).sort())
})
