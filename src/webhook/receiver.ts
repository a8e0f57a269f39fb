/**
 * A whole receiver: reads the raw body within its limit, verifies it, runs the application's handler and responds.
 * One for the Fetch API (Hono, Next.js, Workers, Deno, Bun), one for Node's `http` and Express.
 */

import { type BeforeUploadEvent, parseBeforeUpload } from './before-upload.ts'
import { isTestEvent } from './doctor-event.ts'
import { WebhookError } from './errors.ts'
import { parseEvent, type UploadEvent } from './event.ts'
import {
  MAX_EVENT_BYTES,
  readSecrets,
  refuseBody,
  type SignedBody,
  type VerifyOptions,
  verifySignature,
  type WebhookHeaders,
} from './verify.ts'

interface CommonOptions extends Omit<VerifyOptions, 'now'> {
  /** Learns of every request that was refused or failed. @default `console.error` */
  onError?: ((error: WebhookError) => void) | undefined
  /** @default the system clock */
  now?: (() => Date) | undefined
}

export interface ReceiverOptions extends CommonOptions {
  /**
   * Takes a verified event. What it returns, or its promise, is the JSON response for the page; with `undefined` the
   * page gets the upload's facts. When it throws, the service sends the event again later.
   */
  onEvent: (event: UploadEvent) => unknown
}

export interface BeforeUploadReceiverOptions extends CommonOptions {
  /**
   * Says whether an upload is allowed: `{ allow: true }`, with additions, or `{ allow: false, code, message }`. When it
   * throws, the upload is refused.
   */
  onBeforeUpload: (upload: BeforeUploadEvent['data']) => unknown
}

/** What is used of Node's `IncomingMessage`, and of Express's `Request`. */
export interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  method?: string | undefined
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Set by body parsers. */
  body?: unknown
  readableDidRead?: boolean
}

/** What is used of Node's `ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(text: string): unknown
}

export interface WebhookReceiver {
  /** `export const POST = receiver.fetch` in Next.js, `app.post(path, (c) => receiver.fetch(c.req.raw))` in Hono. */
  fetch(request: Request): Promise<Response>
  /** `createServer(receiver.node)`, or `app.post(path, receiver.node)` in Express, before any body parser. */
  node(request: NodeRequest, response: NodeResponse): Promise<void>
}

interface Reply {
  status: number
  headers: Record<string, string>
  body: string
}

/** To the event by which `upcall doctor` tries the webhook. */
const TEST_REPLY: Reply = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"test":"ok"}',
}

function checkLength(length: number): void {
  if (length > MAX_EVENT_BYTES) {
    throw new WebhookError('WEBHOOK_TOO_LARGE', `The body is longer than ${MAX_EVENT_BYTES} bytes.`)
  }
}

/** @throws {WebhookError} `WEBHOOK_TOO_LARGE`, `WEBHOOK_BODY` */
async function readStream(
  stream: AsyncIterable<Uint8Array | string> | null,
  announced: unknown,
): Promise<Uint8Array> {
  checkLength(Number(announced ?? 0))
  const body = new Uint8Array(MAX_EVENT_BYTES)
  let length = 0
  for await (const chunk of stream ?? []) {
    if (typeof chunk === 'string') {
      throw new WebhookError(
        'WEBHOOK_BODY',
        'The request was given an encoding; leave its bytes as they are.',
      )
    }
    checkLength(length + chunk.length)
    body.set(chunk, length)
    length += chunk.length
  }
  return body.subarray(0, length)
}

function buildErrorReply({ code, message, status }: WebhookError): Reply {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  return { status, headers, body: JSON.stringify({ error: { code, message } }) }
}

/** @throws {WebhookError} `WEBHOOK_SECRET` */
export function createReceiver(options: ReceiverOptions): WebhookReceiver {
  return receive(options, ({ id, body }) => parseEvent(body, id), options.onEvent)
}

/**
 * A receiver for the webhook that is asked before each upload.
 *
 * @throws {WebhookError} `WEBHOOK_SECRET`
 */
export function createBeforeUploadReceiver(options: BeforeUploadReceiverOptions): WebhookReceiver {
  return receive(
    options,
    ({ id, body }) => parseBeforeUpload(body, id),
    ({ data }) => options.onBeforeUpload(data),
  )
}

function receive<Event>(
  options: CommonOptions,
  parse: (signed: SignedBody) => Event,
  onEvent: (event: Event) => unknown,
): WebhookReceiver {
  const { now = () => new Date(), onError = (error) => console.error(error) } = options
  readSecrets(options.secrets)

  async function runHandler(event: Event): Promise<Reply> {
    try {
      const body = JSON.stringify(await onEvent(event))
      if (body === undefined) return { status: 204, headers: {}, body: '' }
      return { status: 200, headers: { 'content-type': 'application/json' }, body }
    } catch (cause) {
      throw new WebhookError('WEBHOOK_HANDLER', 'The handler failed; send the event again later.', {
        cause,
      })
    }
  }

  async function respond(
    method: string | undefined,
    headers: WebhookHeaders,
    readBody: () => Promise<Uint8Array | string>,
  ): Promise<Reply> {
    if (method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: '' }
    try {
      const { secrets, toleranceSeconds } = options
      const body = await readBody()
      const signed = verifySignature(headers, body, { secrets, toleranceSeconds, now: now() })
      if (isTestEvent(signed.body)) return TEST_REPLY
      return await runHandler(parse(signed))
    } catch (cause) {
      const error =
        cause instanceof WebhookError
          ? cause
          : new WebhookError('WEBHOOK_BODY', 'The body broke off before its end.', { cause })
      onError(error)
      return buildErrorReply(error)
    }
  }

  return {
    async fetch(request) {
      const { status, headers, body } = await respond(request.method, request.headers, async () => {
        if (request.bodyUsed) return refuseBody()
        return readStream(request.body, request.headers.get('content-length'))
      })
      return new Response(body === '' ? null : body, { status, headers })
    },

    async node(request, response) {
      const { status, headers, body } = await respond(request.method, request.headers, async () => {
        const { body } = request
        if (body instanceof Uint8Array || typeof body === 'string') return body
        if (body !== undefined || request.readableDidRead === true) return refuseBody()
        return readStream(request, request.headers['content-length'])
      })
      response.writeHead(status, headers)
      response.end(body)
    },
  }
}
