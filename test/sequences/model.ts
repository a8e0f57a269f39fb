/**
 * What must be true of the world, predicted without any code of the service: which uploads exist, what is stored, what
 * is recorded, what the application has. And the checks that hold after every command.
 */
import { expect } from 'vitest'
import type { Ticket, UploadMethod } from '../../src/signer/ticket.ts'
import type { Delivered, World } from './world.ts'

export type Subject = 'alice' | 'bob'
export type ProfileName = 'own' | 'named' | 'shared'
/** Which of two files of the same size was sent. */
export type Variant = 0 | 1

export interface ModelUpload {
  ticket: Ticket
  subject: Subject
  profile: ProfileName
  method: UploadMethod
  /** The checksum of variant 0 was declared. */
  isDeclared: boolean
  /** Of the secret that signed it. */
  generation: number
  ticketEndsMs: number
  sessionEndsMs: number
  /** Of a multipart upload: completed or aborted. */
  isGone: boolean
}

export interface ModelObject {
  upload: ModelUpload
  variant: Variant
  storedMs: number
}

export interface Model {
  uploads: ModelUpload[]
  /** By key. */
  objects: Map<string, ModelObject>
  /** What the first record of an upload id says: the object of that moment. */
  records: Map<string, ModelObject>
  /** Final responses, as texts, by upload id. */
  responses: Map<string, string>
  /** One for each that OSS sent. */
  callbacks: ModelObject[]
  /** Upload ids by subject, generation, idempotency key and request. */
  repeated: Map<string, string>
  generations: readonly number[]
}

export function createModel(): Model {
  return {
    uploads: [],
    objects: new Map(),
    records: new Map(),
    responses: new Map(),
    callbacks: [],
    repeated: new Map(),
    generations: [0],
  }
}

/** OSS does not check a CRC-64 that the page declared; the service does. */
export const isLie = ({ upload, variant }: Pick<ModelObject, 'upload' | 'variant'>): boolean =>
  upload.isDeclared && variant === 1

/** The ETag tells whether the object was made of parts. */
export const isSameObject = (one: ModelObject, other: ModelObject): boolean =>
  one.variant === other.variant && one.upload.method === other.upload.method

export const isSignedNow = (model: Model, { generation }: ModelUpload): boolean =>
  model.generations.includes(generation)

/** Records the object under its upload id, unless there is a record. @returns whether it has the same facts */
export function record(model: Model, object: ModelObject): boolean {
  const { id } = object.upload.ticket
  const known = model.records.get(id)
  if (known) return isSameObject(known, object)
  model.records.set(id, object)
  return true
}

/** A response to the page or to OSS: the final one is the same for ever, and `accepted` never comes after it. */
export function checkResponse(model: Model, world: World, id: string, text: string): void {
  const value = JSON.parse(text) as { status?: string; id?: string }
  expect(value.id, 'the response is of this upload').toBe(id)
  const known = model.responses.get(id)
  if (value.status === 'accepted') {
    expect(known, 'no final response was given before').toBeUndefined()
    return
  }
  if (known !== undefined) expect(text, 'one response for one upload').toBe(known)
  model.responses.set(id, text)
  expect(
    world.delivered.filter(({ receipt }) => receipt.id === id).length,
    'a final response is of the application',
  ).toBe(1)
}

function checkDelivered(model: Model, { receipt, stored }: Delivered): void {
  const recorded = model.records.get(receipt.id)
  expect(recorded, 'nothing reaches the application without a record').toBeDefined()
  expect(receipt.subject, 'a receipt is of the subject who uploaded').toBe(recorded?.upload.subject)
  expect(receipt.key).toBe(recorded?.upload.ticket.key)
  if (receipt.profile === 'shared') return
  expect(stored, 'every fact is what OSS stores').toEqual({
    size: receipt.size,
    type: receipt.type,
    etag: receipt.etag,
    crc64: receipt.crc64,
    uploadedAs: receipt.id,
  })
}

/** What holds at every moment. */
export async function checkInvariants(model: Model, world: World): Promise<void> {
  const ids = world.delivered.map(({ receipt }) => receipt.id)
  expect(new Set(ids).size, 'an upload reaches the application once').toBe(ids.length)
  for (const one of world.delivered) {
    checkDelivered(model, one)
    if (one.receipt.profile === 'shared') continue
    const stored = await world.head(one.receipt.key)
    expect(stored?.crc64, 'an object with a receipt never changes').toBe(one.receipt.crc64)
    expect(stored?.etag).toBe(one.receipt.etag)
  }
  for (const { profile } of world.replaced) expect(profile, 'only these may change').toBe('shared')
  const owners = new Map<string, Subject>()
  for (const { ticket, subject } of model.uploads) {
    expect(owners.get(ticket.key) ?? subject, 'no key of two subjects').toBe(subject)
    owners.set(ticket.key, subject)
  }
}

const DAY_MS = 86_400_000

/** Stored objects that a sweep must find now. */
export function listSweepable(model: Model, now: Date): ModelObject[] {
  return [...model.objects.values()].filter(
    (object) =>
      !model.records.has(object.upload.ticket.id) &&
      isSignedNow(model, object.upload) &&
      !isLie(object) &&
      now.getTime() - object.storedMs < 7 * DAY_MS,
  )
}

/** Everything that is recorded has reached the application. */
export function checkAllDelivered(model: Model, world: World): void {
  const delivered = world.delivered.map(({ receipt }) => receipt.id).sort()
  expect(delivered, 'what is recorded is delivered').toEqual([...model.records.keys()].sort())
}
