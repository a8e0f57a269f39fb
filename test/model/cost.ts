/** The cost of a million uploads: quantities times prices. Monthly quotas that the plans include are left out. */
import { RETENTION_SECONDS } from './capacity.ts'
import { computeDemand } from './demand.ts'
import type { Inputs, PriceName } from './inputs.ts'
import type { OutageResult } from './outage.ts'

export interface CostLine {
  what: string
  /** For a million uploads, in the unit of the price. */
  quantity: number
  unit: string
  price: PriceName
  cost: number
}

const MILLION = 1e6
/** Memory that is billed for a Durable Object, whatever it uses. */
const OBJECT_GB = 0.128
const MONTH_SECONDS = 30 * 24 * 3600

function multiply({ prices }: Inputs, price: PriceName, quantity: number): number {
  const { price: cost, per } = prices.prices[price]
  return (quantity * cost) / per
}

/**
 * Share of the time in which a Durable Object has a request under way: an idle one is not billed.
 *
 * @see https://developers.cloudflare.com/durable-objects/platform/pricing/#compute-billing
 */
function computeActiveShare(inputs: Inputs, requestsPerSecond: number): number {
  const { acceptCpuMicros } = inputs.ledger
  const requestSeconds = inputs.assumptions.applicationMs / 1000 + acceptCpuMicros / 1e6
  return 1 - Math.exp(-requestsPerSecond * requestSeconds)
}

/** @param objects Durable Objects of all regions */
export function listCosts(inputs: Inputs, uploadsPerSecond: number, objects: number): CostLine[] {
  const { ledger } = inputs
  const activeObjects = objects * computeActiveShare(inputs, uploadsPerSecond / objects)
  const demand = computeDemand(inputs)
  const line = (what: string, each: number, unit: string, price: PriceName): CostLine => {
    const quantity = MILLION * each
    return { what, quantity, unit, price, cost: multiply(inputs, price, quantity) }
  }
  return [
    line('Workers: requests', demand.workerRequests, 'requests', 'workerRequest'),
    line('Workers: processor time', demand.workerCpuMicros / 1000, 'ms', 'workerCpuMs'),
    line('Durable Objects: requests', demand.objectRequests, 'requests', 'objectRequest'),
    line(
      'Durable Objects: while requests are under way',
      (OBJECT_GB * activeObjects) / uploadsPerSecond,
      'GB-s',
      'objectGbSecond',
    ),
    line(
      'Durable Objects: rows written',
      ledger.deliveredRows + ledger.removedRows,
      'rows',
      'objectRowWritten',
    ),
    line('Durable Objects: rows read', ledger.deliveredRowsRead, 'rows', 'objectRowRead'),
    line(
      'Durable Objects: stored for 14 days',
      ((ledger.storedBytes / 1e9) * RETENTION_SECONDS) / MONTH_SECONDS,
      'GB-months',
      'objectGbMonth',
    ),
    line('OSS: requests that count as PUT', demand.ossPuts, 'requests', 'ossPutRequest'),
    line('OSS: requests that count as GET', demand.ossGets, 'requests', 'ossGetRequest'),
  ]
}

/**
 * What an outage of the application adds for a million receipts that came in it: rows of the attempts that fail, and of
 * those that succeed later. A receipt that nobody could attempt at once counts as one whose first attempt failed.
 */
export function computeOutageCost(
  inputs: Inputs,
  { failedAttempts, failedFirst, deliveredLater }: Omit<OutageResult, 'depths'>,
): number {
  const { failedFirstRows, failedAgainRows, deliveredAgainRows, deliveredRows } = inputs.ledger
  if (deliveredLater <= 0) return 0
  const againRows = ((failedAttempts - failedFirst) / deliveredLater) * failedAgainRows
  const rows = failedFirstRows + againRows + deliveredAgainRows - deliveredRows
  return multiply(inputs, 'objectRowWritten', MILLION * rows)
}
