/** The delivery of `npm run chaos` with fewer uploads and kills, so that every run of the tests has seen each engine. */
import { describe, expect, it } from 'vitest'
import { DEPLOYMENTS, type DeploymentName } from './delivery/deployments.ts'
import { runDelivery, runOnDefaultRedis, SHORT } from './delivery.ts'

describe('uploads while service and engine are killed', () => {
  it.concurrent.each(Object.keys(DEPLOYMENTS) as DeploymentName[])(
    'with %s, all reach the application, each once',
    async (name) => {
      const outcome = await runDelivery(name, SHORT)
      expect(outcome.wrong).toEqual([])
      expect(outcome.objects).toBe(SHORT.uploads)
      expect(outcome.table.rows).toHaveLength(SHORT.uploads)
      expect(outcome.serviceKills).toBeGreaterThan(1)
      expect(outcome.engineKills).toBeGreaterThan(1)
    },
    240_000,
  )

  it.concurrent('do not begin on a Redis with its default persistence', async () => {
    const { code, words } = await runOnDefaultRedis()
    expect(code).toBe(1)
    expect(words).toMatch(/^Redis has appendonly off: a crash loses receipts\./)
  }, 60_000)
})
