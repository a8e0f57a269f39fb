/**
 * The service as a process that may end at every await: its timers and promises are lost then, what was not committed
 * is rolled back, and the disk stays.
 */
import { createGroupCommit } from '../../../../src/service/delivery/group-commit.ts'
import { createLedger, type Sql } from '../../../../src/service/delivery/ledger.ts'
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
import type { SimulatedDisk } from './disk.ts'

export interface SimulatedProcess {
  readonly outbox: LedgerOutbox
  readonly isAlive: boolean
  readonly timers: Timers
  /** Ends it now (-9). */
  kill(): void
}

export interface ProcessOptions {
  disk: SimulatedDisk
  time: VirtualTime
  dice: Dice
  deliver: Deliver
  /** Probability of a crash at each point. */
  crashChance: () => number
  onCrash: () => void
  /** `false`: a sync that does nothing, a fault that the simulation must find. @default true */
  syncs?: boolean
  /** A place for faults that the simulation must find. @default unchanged */
  wrapLedger?: (ledger: Ledger) => Ledger
}

/** Thrown inside a transaction to roll it back; nobody of a dead process hears of it. */
class Dead extends Error {}

const never = <T>() => new Promise<T>(() => {})

export function startProcess(options: ProcessOptions): SimulatedProcess {
  const { disk, time, dice, deliver, crashChance, onCrash } = options
  const { wrapLedger = (ledger) => ledger, syncs = true } = options
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

  const sql: Sql = {
    ...disk.sql,
    transaction(work) {
      if (!isAlive) throw new Dead()
      const result = disk.sql.transaction(() => {
        const value = work()
        mayDie()
        if (!isAlive) throw new Dead()
        return value
      })
      // Written, but nobody was told.
      mayDie()
      if (!isAlive) throw new Dead()
      return result
    },
  }
  const sleep = (ms: number) => new Promise<void>((resolve) => timers.set(resolve, ms))

  /** What was written before the call is on disk when it ends; perhaps earlier, perhaps with what was written since. */
  async function sync(): Promise<void> {
    const isEarly = dice.chance(0.5)
    if (syncs && isEarly) disk.sync()
    await sleep(dice.between(0, 10))
    if (syncs && !isEarly) disk.sync()
  }

  const ledger = wrapLedger(createLedger(sql))
  const group = createGroupCommit(sql, ledger, {
    defer: (callback) => timers.set(callback, 0),
    sync: () => between(sync),
  })
  const runTimer = createRunTimer({
    run: (runOptions) => outbox.run(runOptions),
    now: time.now,
    timers,
  })
  const store: DeliveryStore = {
    durable: true,
    commit: (work, commitOptions) => between(() => group.commit(work, commitOptions)),
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
