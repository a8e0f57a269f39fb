/**
 * The service as a process that may end at every await: its timers and promises are lost then, what was not committed
 * is rolled back, and the database stays.
 */
import type { DatabaseSync } from 'node:sqlite'
import { createNodeSql } from '../../../../src/entry/node-sql.ts'
import { createGroupCommit } from '../../../../src/service/delivery/group-commit.ts'
import { createLedger, openSchema, type Sql } from '../../../../src/service/delivery/ledger.ts'
import {
  createLedgerOutbox,
  type LedgerOutbox,
} from '../../../../src/service/delivery/ledger-outbox.ts'
import type { Deliver } from '../../../../src/service/delivery/outbox.ts'
import { createRunTimer } from '../../../../src/service/delivery/run-timer.ts'
import type { DeliveryStore, Ledger } from '../../../../src/service/delivery/store.ts'
import type { Timers } from '../../../../src/service/delivery/timers.ts'
import type { VirtualTime } from '../../../support/virtual-time.ts'
import type { Dice } from './dice.ts'

export interface SimulatedProcess {
  readonly outbox: LedgerOutbox
  readonly isAlive: boolean
  readonly timers: Timers
  /** Ends it now (-9). */
  kill(): void
}

export interface ProcessOptions {
  database: DatabaseSync
  time: VirtualTime
  dice: Dice
  deliver: Deliver
  /** Probability of a crash at each point. */
  crashChance: () => number
  onCrash: () => void
  /** A place for faults that the simulation must find. @default unchanged */
  wrapLedger?: (ledger: Ledger) => Ledger
}

/** Thrown inside a transaction to roll it back; nobody of a dead process hears of it. */
class Dead extends Error {}

const never = <T>() => new Promise<T>(() => {})

export function startProcess(options: ProcessOptions): SimulatedProcess {
  const { database, time, dice, deliver, crashChance, onCrash } = options
  const { wrapLedger = (ledger) => ledger } = options
  let isAlive = true

  function kill(): void {
    if (!isAlive) return
    isAlive = false
    onCrash()
  }

  function mayDie(): void {
    if (isAlive && dice.chance(crashChance())) kill()
  }

  const timers: Timers = {
    set: (callback, delayMs) =>
      time.timers.set(() => {
        mayDie()
        if (isAlive) callback()
      }, delayMs),
    clear: time.timers.clear,
  }

  /** An await: the process may end there, and sometimes time passes. */
  async function step(): Promise<void> {
    mayDie()
    if (!isAlive) return never()
    if (dice.chance(0.1)) await new Promise<void>((resolve) => timers.set(resolve, 5))
  }

  /** A step, the work, a step; in a dead process nothing goes on. */
  async function between<T>(work: () => Promise<T>): Promise<T> {
    await step()
    try {
      const result = await work()
      await step()
      return result
    } catch (error) {
      await step()
      if (!isAlive) return never()
      throw error
    }
  }

  const nodeSql = createNodeSql(database)
  const sql: Sql = {
    ...nodeSql,
    transaction(work) {
      if (!isAlive) throw new Dead()
      const result = nodeSql.transaction(() => {
        const value = work()
        mayDie()
        if (!isAlive) throw new Dead()
        return value
      })
      // Durable, but nobody was told.
      mayDie()
      if (!isAlive) throw new Dead()
      return result
    },
  }
  if (isAlive) openSchema(nodeSql)
  const ledger = wrapLedger(createLedger(sql))
  const group = createGroupCommit(sql, ledger, { defer: (callback) => timers.set(callback, 0) })
  const runTimer = createRunTimer({
    run: (runOptions) => outbox.run(runOptions),
    now: time.now,
    timers,
  })
  const store: DeliveryStore = {
    durable: true,
    commit: (work) => between(() => group.commit(work)),
    view: (work) => between(async () => work(ledger)),
    wakeAt: runTimer.wakeAt,
    problems: async () => [],
    close: async () => runTimer.stop(),
  }
  const outbox = createLedgerOutbox({
    store,
    timers,
    now: () => new Date(time.now()),
    random: dice.next,
    deliver: (receipt, attempt) => between(() => deliver(receipt, attempt)),
  })
  runTimer.wakeAt(time.now())
  return {
    outbox,
    timers,
    kill,
    get isAlive() {
      return isAlive
    },
  }
}
