/**
 * One history of the service, from a seed: uploads, faults, crashes, then quiet. Runs the real outbox, ledger, worker,
 * group commit and sweep on a virtual clock.
 */
import type { Ledger } from '../../../src/service/delivery/store.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'
import { createSimulatedApplication } from './simulation/application.ts'
import { createDice } from './simulation/dice.ts'
import { createSimulatedDisk } from './simulation/disk.ts'
import { type SimulatedProcess, startProcess } from './simulation/process.ts'
import { startSweeping } from './simulation/sweep.ts'
import { startTraffic } from './simulation/traffic.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Faults happen before. */
const FAULTY_MS = 8 * HOUR_MS
/** Three days until a receipt is given up, three more until the report of that is. */
const QUIET_MS = 7 * DAY_MS
/** A restart and a sweep take no longer. */
const LAST_SWEEP_MS = 4 * HOUR_MS

/** Faults that a service could have, built in on purpose. */
export type PlantedFault =
  | 'respond before durable'
  | 'no sync'
  | 'endless lease'
  | 'no sweep'
  | 'no keys'

export interface History {
  seed: number
  /** Violations of what is promised, in sentences. */
  violations: string[]
  uploads: number
  crashes: number
  /** Of these crashes. */
  powerCuts: number
  dead: number
  /** Responses that a page got and a power cut took from the disk: the only thing that it may take. */
  forgotten: number
}

/** The planted fault "respond before durable" records in batches, so long after the response. */
const WRITE_BEHIND_MS = 2 * SECOND_MS
const FAR_FUTURE = Date.UTC(2300, 0)

/** A lease that does not end by itself. */
function leaseForEver(ledger: Ledger): Ledger {
  return {
    ...ledger,
    add: (record, options) =>
      ledger.add(record, options.attempts ? { ...options, nextAt: FAR_FUTURE } : options),
    claimDue: (limit, options) =>
      ledger.claimDue(limit, { ...options, leaseUntil: () => FAR_FUTURE }),
  }
}

export async function runHistory(seed: number, planted?: PlantedFault): Promise<History> {
  const dice = createDice(seed)
  const time = createVirtualTime()
  const disk = createSimulatedDisk()
  const select = (text: string, ...params: string[]) => disk.sql.all(text, ...params)
  const violations = new Set<string>()
  const quietAt = time.now() + FAULTY_MS
  let isQuiet = false
  let crashes = 0
  let powerCuts = 0
  const forgotten = new Set<string>()
  let process: SimulatedProcess | undefined
  const powerCutChance = dice.chance(0.5) ? 0.5 : 0
  const crashChance = [0, 0.001, 0.005, 0.02][dice.between(0, 3)] ?? 0

  const application = createSimulatedApplication({
    time,
    dice,
    hasKeys: planted !== 'no keys',
    isQuiet: () => isQuiet,
  })

  const uploads = dice.between(3, 20)
  const traffic = startTraffic({
    time,
    dice,
    uploads,
    withinMs: 4 * HOUR_MS,
    readProcess: () => (process?.isAlive ? process : undefined),
    // Crashes at awaits are rare where the process waits for nothing.
    onAcknowledged({ kill }) {
      if (crashChance > 0 && dice.chance(0.2)) time.timers.set(kill, dice.between(0, 5 * SECOND_MS))
    },
    async accept({ outbox, timers }, receipt, waitMs) {
      if (planted !== 'respond before durable') return outbox.accept(receipt, waitMs)
      timers.set(() => outbox.accept(receipt, 0).catch(() => {}), WRITE_BEHIND_MS)
      return { state: 'due', attempts: 0, nextAt: new Date(time.now()) }
    },
  })

  function isRecorded(id: string): boolean {
    return select('SELECT 1 FROM deliveries WHERE event_id = ?', id).length > 0
  }

  function checkDurable(when: string): void {
    for (const id of traffic.acknowledged) {
      if (!isRecorded(id)) violations.add(`${id} was acknowledged, but is not recorded ${when}.`)
    }
  }

  /** The receipt is on disk; its response was only written. The event is delivered again, under the same id. */
  function forgetResponses(): void {
    for (const id of traffic.responses.keys()) {
      const [row] = select('SELECT state FROM deliveries WHERE event_id = ?', id)
      if (row?.state !== 'done') forgotten.add(id)
    }
  }

  function start(): void {
    const started = startProcess({
      disk,
      time,
      dice,
      deliver: application.deliver,
      crashChance: () => (isQuiet ? 0 : crashChance),
      onCrash() {
        crashes += 1
        const isPowerCut = dice.chance(powerCutChance)
        if (isPowerCut) powerCuts += 1
        // A transaction that the crash interrupts is rolled back by then.
        time.timers.set(() => {
          if (isPowerCut) disk.cutPower()
          checkDurable(isPowerCut ? 'after a power cut' : 'after a crash')
          if (isPowerCut) forgetResponses()
        }, 0)
        const restartMs = dice.chance(0.1) ? 2 * HOUR_MS : 30 * SECOND_MS
        time.timers.set(start, dice.between(100, restartMs))
      },
      syncs: planted !== 'no sync',
      ...(planted === 'endless lease' && { wrapLedger: leaseForEver }),
    })
    process = started
    if (planted !== 'no sweep')
      startSweeping(started, { time, dice, traffic, isQuiet: () => isQuiet })
  }

  start()
  if (dice.chance(0.1)) time.timers.set(() => time.setClock(-HOUR_MS), dice.between(0, 6 * HOUR_MS))
  // Besides the crashes at awaits: one at any time, while attempts hang for example.
  if (crashChance > 0) time.timers.set(() => process?.kill(), dice.between(0, 6 * HOUR_MS))
  await time.advance(quietAt - time.now())
  isQuiet = true

  function findUnsettled(): string[] {
    const rows = select(`SELECT event_id FROM deliveries WHERE state = 'dead'`)
    const dead = new Set(rows.map((row) => String(row.event_id)))
    return [...traffic.bucket.keys()].filter((id) => !application.effects.has(id) && !dead.has(id))
  }
  const countDue = () =>
    Number(select(`SELECT count(*) AS n FROM deliveries WHERE state = 'due'`)[0]?.n)
  const quietSince = time.now()
  let checkedAt = quietSince

  /** Everything is settled, or nothing is due that could still settle it. */
  function isOver(): boolean {
    if (!traffic.isOver || time.now() - checkedAt < MINUTE_MS) return false
    checkedAt = time.now()
    if (countDue() > 0) {
      const [row] = select(`SELECT min(next_at) AS at FROM deliveries WHERE state = 'due'`)
      return Number(row?.at) > quietSince + QUIET_MS
    }
    return findUnsettled().length === 0 || time.now() > quietSince + LAST_SWEEP_MS
  }
  await time.advance(QUIET_MS, isOver)

  checkDurable('at the end')
  for (const id of findUnsettled()) {
    violations.add(`${id} is stored, but neither delivered nor dead.`)
  }
  if (countDue() > 0) violations.add(`${countDue()} deliveries are due for ever.`)
  for (const [eventId, count] of application.effects) {
    if (count > 1) violations.add(`The application took ${eventId} in ${count} times.`)
  }
  for (const [id, texts] of traffic.responses) {
    if (forgotten.has(id)) continue
    const [row] = select('SELECT response FROM deliveries WHERE event_id = ?', id)
    if (texts.size > 1) violations.add(`Pages got ${texts.size} responses for ${id}.`)
    if (!texts.has(String(row?.response))) violations.add(`A page got another response for ${id}.`)
  }
  for (const id of traffic.overdue) violations.add(`A caller of ${id} waited too long.`)
  const [dead] = select(`SELECT count(*) AS n FROM deliveries WHERE state = 'dead'`)
  disk.close()
  return {
    seed,
    violations: [...violations],
    uploads,
    crashes,
    powerCuts,
    dead: Number(dead?.n),
    forgotten: forgotten.size,
  }
}
