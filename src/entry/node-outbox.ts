/** Which outbox the Node service uses: SQLite on this machine, or BullMQ for several. */
import type { Deliver, Outbox } from '../service/delivery/outbox.ts'
import type { Config } from './config.ts'

export type OutboxConfig = Pick<Config, 'dataFolder' | 'redisUrl' | 'postgresUrl'>

/** @throws {OutboxError} with words for the operator */
export async function openOutbox(
  { dataFolder, redisUrl, postgresUrl }: OutboxConfig,
  deliver: Deliver,
): Promise<Outbox> {
  if (redisUrl !== undefined || postgresUrl !== undefined) {
    const { createBullmqOutbox } = await import('./outbox-bullmq.ts')
    const connection =
      redisUrl === undefined ? { postgres: postgresUrl ?? '' } : { redis: redisUrl }
    return createBullmqOutbox({ connection, deliver })
  }
  const { createSqliteOutbox } = await import('./outbox-sqlite.ts')
  return createSqliteOutbox({ folder: dataFolder, deliver })
}
