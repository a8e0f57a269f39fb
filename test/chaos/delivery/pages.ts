/**
 * Pages that upload: a ticket by `POST /uploads`, the form to OSS. Half of them are closed after the last byte; the
 * others confirm when OSS reports that its callback failed.
 */
import { randomBytes } from 'node:crypto'
import type { FormTicket } from '../../../src/signer/ticket.ts'
import { createBearer } from '../../support/bearer.ts'
import { buildForm } from '../../support/service-with-emulator.ts'

const REQUEST_LIMIT_MS = 30_000
const TICKET_LIMIT_MS = 120_000
const MAX_CONFIRMS = 30
const RETRY_DELAY_MS = 300
const MAX_BYTES = 2000
const NAMES = ['a.txt', '报告 (最终).txt', 'Ünïcode ☃.md', 'no-extension', 'b.tar.gz']

export interface PageCounts {
  uploads: number
  /** Responses 203 of OSS: stored, and the callback failed. */
  failedCallbacks: number
  /** Pages that never confirm. */
  closed: number
  confirmed: number
  /** Pages that gave up confirming. */
  unconfirmed: number
  /** Pages that got the application's own response. */
  responded: number
  /** What no page may see. */
  wrong: string[]
}

export function createPageCounts(): PageCounts {
  return {
    uploads: 0,
    failedCallbacks: 0,
    closed: 0,
    confirmed: 0,
    unconfirmed: 0,
    responded: 0,
    wrong: [],
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)]

/** A response, or nothing when the service is down or fails; the caller tries again. */
async function post(url: string, path: string, body: object): Promise<Response | undefined> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await createBearer({ now: new Date() })}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    })
    if (response.status < 500) return response
    await response.arrayBuffer()
    return undefined
  } catch {
    return undefined
  }
}

async function orderTicket(url: string, size: number): Promise<FormTicket> {
  const until = Date.now() + TICKET_LIMIT_MS
  while (Date.now() < until) {
    const name = pick(NAMES) ?? ''
    const response = await post(url, '/uploads', {
      profile: 'document',
      name,
      type: 'text/plain',
      size,
      vars: { note: name },
    })
    // The connection may break in the body, too: the service was killed.
    const text = await response?.text().catch(() => undefined)
    if (response?.status === 201 && text !== undefined) return JSON.parse(text) as FormTicket
    if (response && text !== undefined) throw new Error(`No ticket: ${response.status} ${text}`)
    await wait(RETRY_DELAY_MS)
  }
  throw new Error('The service gave no ticket for two minutes.')
}

/** What a page may be told: the response of the application to its own upload, or that it will come. */
function noteResponse(counts: PageCounts, id: string, text: string): void {
  const body = JSON.parse(text) as { document?: string; status?: string; id?: string }
  if (body.document === id) counts.responded += 1
  else if (body.status !== 'accepted' || body.id !== id) counts.wrong.push(`a page got ${text}`)
}

async function confirm(url: string, ticket: FormTicket, counts: PageCounts): Promise<void> {
  for (let time = 0; time < MAX_CONFIRMS; time += 1) {
    const response = await post(url, '/uploads/confirm', { session: ticket.session })
    const text = await response?.text().catch(() => undefined)
    if (response && text !== undefined) {
      if (response.status === 200) {
        counts.confirmed += 1
        noteResponse(counts, ticket.id, text)
      } else counts.wrong.push(`a confirm got ${response.status} ${text}`)
      return
    }
    await wait(RETRY_DELAY_MS)
  }
  counts.unconfirmed += 1
}

/** One page from the ticket to the end. */
export async function uploadOnce(url: string, counts: PageCounts): Promise<void> {
  const bytes = new Uint8Array(randomBytes(Math.floor(Math.random() * MAX_BYTES)))
  const ticket = await orderTicket(url, bytes.length)
  const response = await fetch(buildForm(ticket, bytes, 'text/plain'))
  const text = await response.text()
  counts.uploads += 1
  if (response.status === 203) counts.failedCallbacks += 1
  else if (response.status === 200) noteResponse(counts, ticket.id, text)
  else throw new Error(`OSS refused the form: ${response.status} ${text}`)
  if (Math.random() < 0.5) counts.closed += 1
  else if (response.status === 203) await confirm(url, ticket, counts)
}
