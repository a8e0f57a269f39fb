/**
 * What can happen, each with what must follow from it. Over 200 lines: the commands are read together, as one grammar.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import type { MultipartTicket, Ticket, UploadMethod } from '../../src/signer/ticket.ts'
import {
  buildBytes,
  buildComplete,
  buildForm,
  buildPart,
  buildPut,
} from '../support/service-with-emulator.ts'
import {
  checkAllDelivered,
  checkInvariants,
  checkResponse,
  isLie,
  isSameObject,
  isSignedNow,
  listSweepable,
  type Model,
  type ModelObject,
  type ModelUpload,
  type ProfileName,
  record,
  type Subject,
  type Variant,
} from './model.ts'
import { type CallbackFate, TICKET_SECONDS, type World } from './world.ts'

type Command = fc.AsyncCommand<Model, World>

const SIZES = { form: 2000, put: 2000, multipart: 150_000 }
const PART_BYTES = 102_400
const SEAL_GRACE_MS = 3_600_000
const HOUR_SECONDS = 3600

function buildFile(method: UploadMethod, variant: Variant) {
  const bytes = buildBytes(SIZES[method])
  return variant === 0 ? bytes : bytes.map((byte) => byte ^ 0xff)
}

const other = (subject: Subject): Subject => (subject === 'alice' ? 'bob' : 'alice')

/** A command that reads as its name and arguments in a report, and after which the invariants are checked. */
function createCommand(
  words: string,
  check: (model: Model) => boolean,
  act: (model: Model, world: World) => Promise<void>,
): Command {
  return {
    check,
    async run(model, world) {
      await act(model, world)
      await checkInvariants(model, world)
    },
    toString: () => words,
  }
}

const always = (): boolean => true
const hasUploads = (model: Model): boolean => model.uploads.length > 0

/** Counted from the last one. */
function pick<T>(list: readonly T[], at: number): T {
  const item = list[list.length - 1 - (at % list.length)]
  if (item === undefined) throw new RangeError('The list is empty.')
  return item
}

async function expectStatus(response: Response, status: number, why: string): Promise<string> {
  const text = await response.text()
  expect(`${response.status} ${why}`, text.slice(0, 300)).toBe(`${status} ${why}`)
  return text
}

async function expectCode(response: Response, code: string): Promise<void> {
  const text = await response.text()
  expect(response.status, text).toBeLessThan(500)
  expect(text).toContain(`"code":"${code}"`)
}

interface Wish {
  subject: Subject
  profile: ProfileName
  method: UploadMethod
  isDeclared: boolean
  idempotencyKey?: string | undefined
}

function create(wish: Wish): Command {
  return createCommand(`create(${JSON.stringify(wish)})`, always, async (model, world) => {
    const { subject, profile, method, isDeclared, idempotencyKey } = wish
    const request = {
      profile,
      name: '照片.png',
      type: 'image/png',
      size: SIZES[method],
      method,
      ...(method === 'multipart' && { partSize: PART_BYTES }),
      ...(isDeclared && { crc64: String(crc64(buildFile(method, 0))) }),
    }
    const headers = idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}
    const repeated = JSON.stringify([model.generations[0], subject, idempotencyKey, request])
    const known = idempotencyKey ? model.repeated.get(repeated) : undefined
    const response = await world.ask('/uploads', request, subject, headers)
    // OSS refuses to open a multipart upload to a key that has an object.
    const key = profile === 'own' ? `own/${subject}/${known}.png` : `${profile}/${subject}.png`
    if (method === 'multipart' && profile !== 'shared' && model.objects.has(key)) {
      return expectCode(response, 'OBJECT_EXISTS')
    }
    const ticket = JSON.parse(await expectStatus(response, 201, 'a ticket')) as Ticket
    expect(ticket.id, 'the same request has the same id').toBe(known ?? ticket.id)
    if (idempotencyKey) model.repeated.set(repeated, ticket.id)
    model.uploads.push({
      ticket,
      subject,
      profile,
      method,
      isDeclared,
      generation: model.generations[0] ?? 0,
      ticketEndsMs: world.now().getTime() + TICKET_SECONDS * 1000,
      sessionEndsMs: world.now().getTime() + 86_400_000,
      isGone: false,
    })
  })
}

/** The parts, and Complete when all were accepted. */
async function sendAllParts(
  world: World,
  ticket: MultipartTicket,
  file: ReturnType<typeof buildFile>,
): Promise<Response> {
  for (const { partNumber } of ticket.parts) {
    const response = await world.send(buildPart(ticket, partNumber, file))
    if (response.status !== 200) return response
  }
  return world.send(buildComplete(ticket))
}

function sendFile(world: World, { ticket, method }: ModelUpload, variant: Variant) {
  const file = buildFile(method, variant)
  switch (ticket.kind) {
    case 'form':
      return world.send(buildForm(ticket, file))
    case 'put':
      return world.send(buildPut(ticket, file))
    case 'multipart':
      return sendAllParts(world, ticket, file)
  }
}

/** Whether the service accepts this callback now, when the object is still the one it names. */
function predictCallback(model: Model, object: ModelObject, now: Date): boolean {
  const { upload } = object
  if (!isSignedNow(model, upload) || isLie(object)) return false
  return now.getTime() < upload.sessionEndsMs + SEAL_GRACE_MS && record(model, object)
}

function send(at: number, variant: Variant, fate: CallbackFate): Command {
  return createCommand(`send(${at}, ${variant}, ${fate})`, hasUploads, async (model, world) => {
    const upload = pick(model.uploads, at)
    const { key } = upload.ticket
    world.fate = fate
    world.takeCallbackStatuses()
    const response = await sendFile(world, upload, variant)
    if (world.now().getTime() >= upload.ticketEndsMs) {
      await expectStatus(response, 403, 'the ticket has expired')
      return
    }
    if (upload.isGone) {
      await expectStatus(response, 404, 'the multipart upload is gone')
      return
    }
    if (model.objects.has(key) && upload.profile !== 'shared') {
      await expectStatus(response, 409, 'the key has an object')
      return
    }
    const object: ModelObject = { upload, variant, storedMs: world.now().getTime() }
    upload.isGone = upload.method === 'multipart'
    model.objects.set(key, object)
    model.callbacks.push(object)
    const isAccepted = fate !== 'lost' && predictCallback(model, object, world.now())
    const text = await expectStatus(response, isAccepted ? 200 : 203, 'stored')
    for (const status of world.takeCallbackStatuses()) expect(status).toBeLessThan(500)
    if (isAccepted) checkResponse(model, world, upload.ticket.id, text)
  })
}

function replay(at: number): Command {
  const hasCallbacks = (model: Model): boolean => model.callbacks.length > 0
  return createCommand(`replay(${at})`, hasCallbacks, async (model, world) => {
    const index = model.callbacks.length - 1 - (at % model.callbacks.length)
    const object = pick(model.callbacks, at)
    const { ticket } = object.upload
    const stored = model.objects.get(ticket.key)
    const isThere = stored && stored.upload.ticket.id === ticket.id && isSameObject(stored, object)
    const response = await world.replay(index)
    const text = await response.text()
    if (isThere && predictCallback(model, object, world.now())) {
      expect(response.status, text).toBe(200)
      checkResponse(model, world, ticket.id, text)
    } else {
      expect(response.status, `a refused callback: ${text}`).toBeGreaterThanOrEqual(400)
      expect(response.status, text).toBeLessThan(500)
    }
  })
}

/** The code that every call with this session gets; undefined: it is valid. */
function predictSession(
  model: Model,
  world: World,
  upload: ModelUpload,
  asker: Subject,
): string | undefined {
  if (asker !== upload.subject || !isSignedNow(model, upload)) return 'SESSION_INVALID'
  return world.now().getTime() >= upload.sessionEndsMs ? 'SESSION_EXPIRED' : undefined
}

function confirm(at: number, isForeign: boolean): Command {
  const words = `confirm(${at}${isForeign ? ', as another' : ''})`
  return createCommand(words, hasUploads, async (model, world) => {
    const upload = pick(model.uploads, at)
    const { id, key, session } = upload.ticket
    const asker = isForeign ? other(upload.subject) : upload.subject
    const response = await world.ask('/uploads/confirm', { session }, asker)
    const refused = predictSession(model, world, upload, asker)
    if (refused) return expectCode(response, refused)
    const stored = model.objects.get(key)
    if (!stored) return expectCode(response, 'OBJECT_MISSING')
    const isOwn = stored.upload.ticket.id === id
    // What this session declared counts, whichever ticket of the same upload was spent.
    if (!isOwn || isLie({ upload, variant: stored.variant })) {
      return expectCode(response, 'OBJECT_MISMATCH')
    }
    if (!record(model, stored)) return expectCode(response, 'OBJECT_REPLACED')
    checkResponse(model, world, id, await expectStatus(response, 200, 'confirmed'))
  })
}

function abort(at: number, isForeign: boolean): Command {
  const words = `abort(${at}${isForeign ? ', as another' : ''})`
  return createCommand(words, hasUploads, async (model, world) => {
    const upload = pick(model.uploads, at)
    const asker = isForeign ? other(upload.subject) : upload.subject
    const body = { session: upload.ticket.session }
    const response = await world.ask('/uploads/abort', body, asker)
    const refused = predictSession(model, world, upload, asker)
    if (refused) return expectCode(response, refused)
    await expectStatus(response, 204, 'aborted')
    upload.isGone ||= upload.method === 'multipart'
  })
}

async function sweepAll(model: Model, world: World): Promise<void> {
  await world.sweep()
  for (const object of listSweepable(model, world.now())) record(model, object)
  if (world.isApplicationUp) await world.runDue()
}

const sweep = (): Command => createCommand('sweep()', always, sweepAll)

/** What failed while the application was down is tried again within the hour. */
async function bringUp(model: Model, world: World): Promise<void> {
  world.isApplicationUp = true
  world.advance(HOUR_SECONDS + 1)
  await world.runDue()
  checkAllDelivered(model, world)
}

const applicationUp = (): Command => createCommand('applicationUp()', always, bringUp)

const applicationDown = (): Command =>
  createCommand('applicationDown()', always, async (_, world) => {
    world.isApplicationUp = false
  })

/** Three days: what is due dies, is listed, and is delivered once it is replayed. */
const longOutage = (): Command =>
  createCommand('longOutage()', always, async (model, world) => {
    world.isApplicationUp = false
    for (let hour = 0; hour < 75; hour += 1) {
      world.advance(HOUR_SECONDS + 1)
      await world.runDue()
    }
    const response = await world.askOperator('dead?limit=100')
    const page = JSON.parse(await expectStatus(response, 200, 'the dead')) as {
      entries: { eventId: string; receipt: { id: string } }[]
    }
    const missing = [...model.records.keys()].filter(
      (id) => !world.delivered.some(({ receipt }) => receipt.id === id),
    )
    const dead = new Set(page.entries.map(({ receipt }) => receipt.id))
    expect(
      missing.filter((id) => !dead.has(id)),
      'nothing is lost without a word',
    ).toEqual([])
    world.isApplicationUp = true
    for (const { eventId } of page.entries) {
      await expectStatus(await world.askOperator('dead/replay', { eventId }), 200, 'replayed')
    }
    await world.runDue()
    checkAllDelivered(model, world)
  })

const advance = (seconds: number): Command =>
  createCommand(`advance(${seconds})`, always, async (_, world) => world.advance(seconds))

const restart = (): Command => createCommand('restart()', always, (_, world) => world.restart())

const rotateSecret = (): Command =>
  createCommand('rotateSecret()', always, async (model, world) => {
    model.generations = await world.rotateSecret()
  })

const rotateAccessKey = (): Command =>
  createCommand('rotateAccessKey()', always, (_, world) => world.rotateAccessKey())

/** The end of every sequence: whatever happened, what is stored reaches the application. */
export async function finish(model: Model, world: World): Promise<void> {
  world.isApplicationUp = true
  await sweepAll(model, world)
  await bringUp(model, world)
  await checkInvariants(model, world)
}

/** Mostly of the last three: their tickets are valid. */
const index = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, fc.nat({ max: 11 }))
const variant = fc.constantFrom<Variant>(0, 0, 1)
const isForeign = fc.constantFrom(false, false, true)
const fate = fc.constantFrom<CallbackFate>('delivered', 'delivered', 'doubled', 'lost')

const wish: fc.Arbitrary<Wish> = fc.record({
  subject: fc.constantFrom<Subject>('alice', 'bob'),
  profile: fc.constantFrom<ProfileName>('own', 'own', 'named', 'shared'),
  method: fc.constantFrom<UploadMethod>('form', 'put', 'multipart'),
  isDeclared: fc.constantFrom(false, false, true),
  idempotencyKey: fc.constantFrom(undefined, undefined, 'k1', 'k2'),
})

const uploading = fc.oneof(
  { weight: 2, arbitrary: wish.map(create) },
  { weight: 3, arbitrary: fc.tuple(index, variant, fate).map((args) => send(...args)) },
)
const asking = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(index, isForeign).map((args) => confirm(...args)) },
  { weight: 2, arbitrary: index.map(replay) },
  { weight: 1, arbitrary: fc.tuple(index, isForeign).map((args) => abort(...args)) },
)
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(30, 600, 3000, 30_000, 90_000).map(advance) },
  { weight: 3, arbitrary: fc.constant(0).map(sweep) },
  { weight: 3, arbitrary: fc.constant(0).map(restart) },
  { weight: 2, arbitrary: fc.constant(0).map(rotateSecret) },
  { weight: 2, arbitrary: fc.constant(0).map(rotateAccessKey) },
  { weight: 3, arbitrary: fc.constant(0).map(applicationDown) },
  { weight: 3, arbitrary: fc.constant(0).map(applicationUp) },
  { weight: 1, arbitrary: fc.constant(0).map(longOutage) },
)

/** Most often something is uploaded; the rest happens around it. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  uploading,
  uploading,
  uploading,
  asking,
  asking,
  happening,
]
