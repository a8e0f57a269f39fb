/**
 * What an upload costs the Durable Object of the outbox: rows, alarms, bytes and processor time, counted in the real
 * workerd. `node test/model/measure-ledger.ts` writes them into ledger-costs.json; a test counts them again.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeReceipt } from '../bench/receipts.ts'
import { bundleWorker, startWorkerd, type Workerd } from '../support/workerd.ts'
import { LEDGER_COSTS_FILE, type LedgerCosts, type MeasuredLedger } from './ledger-costs.ts'
import { FIRST_DELAY_MS, type LedgerCounts, type LedgerOrder } from './ledger-order.ts'

/** Receipts whose counts are divided by their number. */
const UPLOADS = 100
/** Accepted before, so that the first pages of the database are not counted. */
const WARMING = 50
/** For the processor time. */
const CPU_WARMING = 4000
const CPU_UPLOADS = 4000
const AT_ONCE = 32
const WAIT_MS = 4000
/** More than the 14 days that delivered receipts stay recorded. */
const MUCH_LATER_MS = 15 * 24 * 3600 * 1000

/** Microseconds that all threads of a process have been on a processor (Linux); `NaN` elsewhere. */
function readCpuMicros(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const texts = threads.map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'),
    )
    return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1000
  } catch {
    return Number.NaN
  }
}

function createLedgerClient({ url }: Workerd) {
  async function post<T>(path: string, body: unknown): Promise<T> {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`The ledger responded with ${response.status}.`)
    return (await response.json()) as T
  }
  return {
    order: (order: LedgerOrder) => post<LedgerCounts>('/order', order),
    async accept(count: number, waitMs: number): Promise<void> {
      let left = count
      const callers = Array.from({ length: AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1
          await post('/accept', { receipt: makeReceipt(), waitMs })
        }
      })
      await Promise.all(callers)
    },
  }
}

/** What the ledger writes and reads: the same on every machine. */
export async function countLedger(workerd: Workerd): Promise<LedgerCosts> {
  const { order, accept } = createLedgerClient(workerd)
  await accept(WARMING, WAIT_MS)
  const start = await order({ isDown: false, laterMs: 0 })
  await accept(UPLOADS, WAIT_MS)
  const up = await order({ isDown: true, laterMs: 0 })
  await accept(UPLOADS, WAIT_MS)
  const down = await order({ isDown: true, laterMs: 0 })
  const again = await order({ isDown: true, laterMs: FIRST_DELAY_MS, isAlarm: true })
  const back = await order({ isDown: false, laterMs: 4 * FIRST_DELAY_MS, isAlarm: true })
  const removed = await order({ isDown: false, laterMs: MUCH_LATER_MS, isAlarm: true })
  for (const { attempts } of [up, down, again, back]) {
    if (attempts !== UPLOADS) throw new Error(`${attempts} attempts instead of ${UPLOADS}.`)
  }
  return {
    deliveredRows: up.rowsWritten / UPLOADS,
    deliveredRowsRead: up.rowsRead / UPLOADS,
    failedFirstRows: down.rowsWritten / UPLOADS,
    failedAgainRows: again.rowsWritten / UPLOADS,
    deliveredAgainRows: back.rowsWritten / UPLOADS,
    removedRows: removed.rowsWritten / (WARMING + 2 * UPLOADS),
    storedBytes: Math.round((back.databaseBytes - start.databaseBytes) / (2 * UPLOADS)),
  }
}

/** Until the code is compiled, then measured; Linux alone. */
async function measureCpu(workerd: Workerd): Promise<number> {
  const { accept } = createLedgerClient(workerd)
  await accept(CPU_WARMING, WAIT_MS)
  const before = readCpuMicros(workerd.pid)
  await accept(CPU_UPLOADS, WAIT_MS)
  return Math.round((readCpuMicros(workerd.pid) - before) / CPU_UPLOADS)
}

export async function withLedger<T>(use: (workerd: Workerd) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-model-'))
  const code = await bundleWorker('test/model/ledger.worker.ts')
  const workerd = await startWorkerd({ folder, code, env: {} })
  try {
    return await use(workerd)
  } finally {
    await workerd.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measured: MeasuredLedger = {
    ...(await withLedger(countLedger)),
    acceptCpuMicros: await withLedger(measureCpu),
    date: new Date().toISOString().slice(0, 10),
    machine: cpus()[0]?.model ?? '',
  }
  writeFileSync(LEDGER_COSTS_FILE, `${JSON.stringify(measured, null, 2)}\n`)
  console.log(measured)
}
