/**
 * The bodies of the service as valibot schemas: those of requests are the service's own, those of responses are written here,
 * because the service builds them and needs no check. Tests hold every response against them.
 */
import * as v from 'valibot'

const text = v.string()
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const time = v.pipe(v.string(), v.isoTimestamp())
const texts = v.record(v.string(), v.string())

const ticketFacts = {
  id: v.pipe(text, v.description('Id of the upload, idempotency key of its receipt.')),
  key: v.pipe(text, v.description('Object key, made by the service.')),
  session: v.pipe(text, v.description('Signed; sent back with every further request.')),
  expiresAt: v.pipe(time, v.description('End of the signatures in this ticket.')),
}
const part = v.strictObject({ partNumber: count, url: text })
const complete = v.strictObject({ url: text, headers: texts })

export const formTicket = v.strictObject({
  ...ticketFacts,
  kind: v.literal('form'),
  url: text,
  fields: v.pipe(texts, v.description('To be sent in this order, then the file as `file`.')),
})
export const putTicket = v.strictObject({
  ...ticketFacts,
  kind: v.literal('put'),
  url: text,
  headers: texts,
})
export const multipartTicket = v.strictObject({
  ...ticketFacts,
  kind: v.literal('multipart'),
  partSize: bytes,
  partCount: count,
  parts: v.array(part),
  complete,
})

export const errorResponse = v.strictObject({
  error: v.strictObject({
    code: v.pipe(text, v.description('The contract: stable, upper case.')),
    message: v.pipe(text, v.description('For people: what happened, why, what to do next.')),
    requestId: text,
    retryable: v.pipe(v.boolean(), v.description('The same request may succeed later.')),
  }),
})

export const partWindow = v.strictObject({ parts: v.array(part), complete, expiresAt: time })

export const uploadState = v.strictObject({
  parts: v.array(v.strictObject({ partNumber: count, size: bytes, crc64: text, etag: text })),
})

export const health = v.strictObject({ status: v.literal('ok'), durable: v.boolean() })

const checked = v.picklist(['ok', 'failed', 'timeout'])
export const readiness = v.strictObject({
  status: v.picklist(['ready', 'not ready']),
  checks: v.strictObject({ settings: checked, outbox: checked, credentials: checked }),
})

export const receipt = v.strictObject({
  id: v.pipe(text, v.description('Id of the upload: the idempotency key.')),
  subject: v.pipe(text, v.description('The uploader: `sub` of the token.')),
  issuer: text,
  profile: text,
  bucket: text,
  key: text,
  name: v.pipe(text, v.description('The user’s file name; not safe as a part of a path.')),
  size: bytes,
  type: text,
  etag: text,
  crc64: text,
  versionId: v.exactOptional(text),
  vars: texts,
  unverified: v.pipe(
    v.looseObject({}),
    v.description('What only the callback says: width, height, traceparent …'),
  ),
  via: v.picklist(['callback', 'confirm', 'sweep']),
  at: time,
})

export const deliveries = v.strictObject({
  due: count,
  dead: count,
  oldestDueAt: v.exactOptional(time),
  durable: v.boolean(),
  problems: v.array(text),
})

export const deadPage = v.strictObject({
  entries: v.array(
    v.strictObject({
      eventId: text,
      uploadId: text,
      event: v.picklist(['stored', 'replaced', 'dead']),
      receipt,
      attempts: count,
      error: text,
      deadAt: time,
    }),
  ),
  next: v.exactOptional(v.pipe(text, v.description('Pass it as `after` to read on.'))),
})

export const storedUpload = v.strictObject({
  stored: v.exactOptional(
    v.strictObject({
      id: text,
      key: text,
      response: v.pipe(v.unknown(), v.description('What the application responded.')),
    }),
  ),
})

const ownObject = {
  id: text,
  key: text,
  name: v.pipe(text, v.description('The user’s file name.')),
  type: text,
  size: bytes,
  crc64: v.pipe(text, v.description('Decimal.')),
}
export const ownObjectPage = v.strictObject({
  objects: v.array(v.strictObject(ownObject)),
  next: v.exactOptional(v.pipe(text, v.description('Pass it as `after` to read on.'))),
})
export const ownObjectUrl = v.strictObject({ ...ownObject, url: text, expiresAt: time })

export const replayed = v.strictObject({ eventId: text })

export const sweepReport = v.strictObject({
  listed: count,
  accepted: count,
  failed: count,
  aborted: count,
  problems: v.array(text),
  isPartial: v.boolean(),
})

export const uploadEvent = v.strictObject({
  specversion: v.literal('1.0'),
  id: v.pipe(text, v.description('Equals `webhook-id`: the idempotency key.')),
  type: v.picklist([
    'com.oss-upcall.upload.stored',
    'com.oss-upcall.upload.replaced',
    'com.oss-upcall.upload.dead',
  ]),
  source: text,
  subject: v.pipe(text, v.description('The object key.')),
  time,
  datacontenttype: v.literal('application/json'),
  traceparent: v.exactOptional(text),
  data: receipt,
})
