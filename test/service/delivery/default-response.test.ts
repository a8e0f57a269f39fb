import { expect, it } from 'vitest'
import { buildDefaultResponse } from '../../../src/service/delivery/default-response.ts'
import { FACTS, RECEIPT } from '../../support/webhook-samples.ts'

it('the default response has the facts that are the uploader’s, and nothing else', () => {
  expect(buildDefaultResponse(RECEIPT)).toEqual(FACTS)
  const { unverified: _, ...facts } = FACTS
  expect(buildDefaultResponse({ ...RECEIPT, unverified: {} })).toEqual(facts)
})
