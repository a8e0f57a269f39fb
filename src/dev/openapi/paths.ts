/**
 * The routes: what each needs, takes and responds.
 * Over 200 lines: one entry for each route, in the order of the service.
 */
import { BODY, CREATE, errors, OPERATOR, OSS, SESSION, USER } from './errors.ts'
import { type Json, json, ref } from './json.ts'

const ok = (description: string, schema: Json): Json => ({ description, content: json(schema) })
const anyJson: Json = { description: 'Any JSON value: what the application responded.' }

interface Operation {
  operationId: string
  summary: string
  body?: Json
  security: 'user' | 'operator' | 'metrics' | 'oss' | 'none'
  responses: Record<string, Json>
  parameters?: Json[]
}

const SECURITY: Readonly<Record<Operation['security'], Json[]>> = {
  user: [{ userToken: [] }],
  operator: [{ operatorToken: [] }],
  metrics: [{ metricsToken: [] }],
  oss: [{ ossSignature: [] }],
  none: [],
}

function operation({ security, body, parameters, responses, ...words }: Operation): Json {
  return {
    ...words,
    security: SECURITY[security],
    ...(parameters && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: json(body) } }),
    responses,
  }
}

export const PATHS: Json = {
  '/uploads': {
    post: operation({
      operationId: 'createUpload',
      summary: 'A ticket for one file, or tickets for up to 50.',
      security: 'user',
      parameters: [
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'The same key with the same body gets the same upload id.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
        { name: 'traceparent', in: 'header', schema: { type: 'string' } },
      ],
      body: { anyOf: [ref('UploadRequest'), ref('UploadListRequest')] },
      responses: {
        200: ok('Of a list: a ticket or an error for each, in order.', ref('TicketList')),
        201: ok('The ticket.', ref('Ticket')),
        ...errors(USER, BODY, CREATE, OSS),
      },
    }),
  },
  '/uploads/parts': {
    post: operation({
      operationId: 'signParts',
      summary: 'URLs of up to 100 parts, and Complete signed anew.',
      security: 'user',
      body: ref('PartsRequest'),
      responses: {
        200: ok('The URLs.', ref('PartWindow')),
        ...errors(USER, BODY, SESSION, OSS, ['PART_NUMBER', 'PROFILE_UNKNOWN', 'SCOPE_MISSING']),
      },
    }),
  },
  '/uploads/state': {
    post: operation({
      operationId: 'readUpload',
      summary: 'The parts that OSS has of an unfinished upload.',
      security: 'user',
      body: ref('SessionRequest'),
      responses: {
        200: ok('The parts.', ref('UploadState')),
        ...errors(USER, BODY, SESSION, OSS, ['UPLOAD_GONE']),
      },
    }),
  },
  '/uploads/confirm': {
    post: operation({
      operationId: 'confirmUpload',
      summary: 'The application’s response, when OSS relayed none.',
      security: 'user',
      body: ref('ConfirmRequest'),
      responses: {
        200: ok('The response; `{"status":"accepted","id":…}`: it comes later.', anyJson),
        ...errors(USER, BODY, SESSION, OSS, [
          'OBJECT_MISMATCH',
          'OBJECT_MISSING',
          'OBJECT_REPLACED',
          'PROFILE_UNKNOWN',
          'RECEIPT_NOT_RECORDED',
        ]),
      },
    }),
  },
  '/uploads/abort': {
    post: operation({
      operationId: 'abortUpload',
      summary: 'Cancels an upload and frees its parts.',
      security: 'user',
      body: ref('SessionRequest'),
      responses: { 204: { description: 'It is cancelled.' }, ...errors(USER, BODY, SESSION, OSS) },
    }),
  },
  '/uploads/stored': {
    post: operation({
      operationId: 'findStored',
      summary:
        'An earlier upload of the same bytes by the same user, where the program has findStored.',
      security: 'user',
      body: ref('StoredUploadRequest'),
      responses: {
        200: ok('The upload; an empty object: there is none.', ref('StoredUpload')),
        ...errors(USER, BODY, OSS, ['NOT_FOUND', 'PROFILE_UNKNOWN', 'SCOPE_MISSING']),
      },
    }),
  },
  '/objects': {
    get: operation({
      operationId: 'listObjects',
      summary: 'What the user has uploaded under a profile, where the program lets it be read.',
      security: 'user',
      parameters: [
        { name: 'profile', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'after', in: 'query', schema: { type: 'string' } },
        { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 20 } },
      ],
      responses: {
        200: ok('A page.', ref('OwnObjectPage')),
        ...errors(USER, OSS, ['CLAIM_MISSING', 'NOT_FOUND', 'PROFILE_UNKNOWN', 'SCOPE_MISSING']),
      },
    }),
  },
  '/objects/url': {
    get: operation({
      operationId: 'readObject',
      summary: 'A URL to read what the user has uploaded, where the program lets it be read.',
      security: 'user',
      parameters: [
        { name: 'key', in: 'query', required: true, schema: { type: 'string' } },
        {
          name: 'download',
          in: 'query',
          description: 'Browsers save it, under this name; empty: under its own.',
          schema: { type: 'string' },
        },
        { name: 'style', in: 'query', description: 'Of the program.', schema: { type: 'string' } },
        { name: 'redirect', in: 'query', schema: { type: 'string' } },
      ],
      responses: {
        200: ok('The URL, and what it leads to.', ref('OwnObjectUrl')),
        302: { description: 'With `redirect`: to the URL.' },
        ...errors(USER, OSS, ['NOT_FOUND', 'OBJECT_KEY', 'OBJECT_MISSING', 'SCOPE_MISSING']),
      },
    }),
  },
  '/callbacks/oss': {
    post: {
      operationId: 'receiveCallback',
      summary: 'OSS calls it when an object is stored. Its response reaches the page.',
      security: SECURITY.oss,
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } },
      },
      responses: {
        200: ok('The application’s response, or `{"status":"accepted","id":…}`.', anyJson),
        ...errors(BODY, OSS, [
          'CALLBACK_MISMATCH',
          'CALLBACK_SIGNATURE',
          'OBJECT_MISMATCH',
          'OBJECT_MISSING',
          'OBJECT_REPLACED',
          'PROFILE_UNKNOWN',
          'RECEIPT_NOT_RECORDED',
          'SEAL_EXPIRED',
          'SEAL_INVALID',
        ]),
      },
    },
  },
  '/operator/deliveries': {
    get: operation({
      operationId: 'countDeliveries',
      summary: 'What is due and dead, and what makes the store less than durable.',
      security: 'operator',
      responses: { 200: ok('The counts.', ref('Deliveries')), ...errors(OPERATOR) },
    }),
  },
  '/operator/dead': {
    get: operation({
      operationId: 'listDead',
      summary: 'Deliveries that were given up.',
      security: 'operator',
      parameters: [
        { name: 'after', in: 'query', schema: { type: 'string' } },
        { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } },
      ],
      responses: { 200: ok('A page.', ref('DeadPage')), ...errors(OPERATOR) },
    }),
  },
  '/operator/dead/replay': {
    post: operation({
      operationId: 'replayDead',
      summary: 'Delivers one again.',
      security: 'operator',
      body: ref('ReplayRequest'),
      responses: { 200: ok('It is due.', ref('Replayed')), ...errors(OPERATOR, BODY) },
    }),
  },
  '/operator/sweep': {
    post: operation({
      operationId: 'sweep',
      summary: 'Looks through the bucket for uploads whose callback was lost.',
      security: 'operator',
      body: ref('SweepRequest'),
      responses: { 200: ok('What it did.', ref('SweepReport')), ...errors(OPERATOR, BODY) },
    }),
  },
  '/{file}': {
    get: operation({
      operationId: 'readClient',
      summary: 'The browser client: `client.js`, `client.mjs`, and their modules.',
      security: 'none',
      parameters: [{ name: 'file', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: {
          description: 'The module.',
          content: { 'text/javascript': { schema: { type: 'string' } } },
        },
        304: { description: 'The one that the ETag names is the newest.' },
        ...errors(['CLIENT_FILES_MISSING', 'NOT_FOUND']),
      },
    }),
  },
  '/openapi.json': {
    get: operation({
      operationId: 'readDocument',
      summary: 'This document.',
      security: 'none',
      responses: {
        200: ok('OpenAPI 3.1.', { type: 'object' }),
        304: { description: 'The one that the ETag names is the newest.' },
        ...errors(['CLIENT_FILES_MISSING', 'NOT_FOUND']),
      },
    }),
  },
  '/metrics': {
    get: operation({
      operationId: 'readMetrics',
      summary: 'For Prometheus, when the settings ask for it.',
      security: 'metrics',
      responses: {
        200: { description: 'Metrics.', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...errors(OPERATOR),
      },
    }),
  },
  '/healthz': {
    get: operation({
      operationId: 'readHealth',
      summary: 'The process runs.',
      security: 'none',
      responses: { 200: ok('It does.', ref('Health')), ...errors() },
    }),
  },
  '/readyz': {
    get: operation({
      operationId: 'readReadiness',
      summary: 'The outbox can be reached, and there are credentials.',
      security: 'none',
      responses: {
        200: ok('It can take uploads.', ref('Readiness')),
        ...errors(),
        503: ok('It cannot now.', ref('Readiness')),
      },
    }),
  },
}
