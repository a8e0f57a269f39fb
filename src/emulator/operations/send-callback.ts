/**
 * The callback of an upload. Its parameters are checked before the object is stored. Afterwards the URLs are tried
 * in their order until a callback succeeds, each once; redirects are not followed.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { toBase64, toUtf8 } from '../../protocol/bytes.ts'
import { md5 } from '../../protocol/crypto.ts'
import { wait } from '../behavior/faults.ts'
import { IMAGE_HEAD_BYTES, type ImageInfo, readImageInfo } from '../callback/image-info.ts'
import { type CallbackPlan, type CallbackUrl, parseCallback } from '../callback/parse.ts'
import { isPrivateAddress, isPrivateHost } from '../callback/private-addresses.ts'
import { type CallbackFacts, renderCallbackBody, wantsImageInfo } from '../callback/render.ts'
import { type CallbackResult, checkOutcome } from '../callback/response.ts'
import type { CallbackCall, CallbackOutcome } from '../callback/transport.ts'
import { invalidArgument } from '../http/errors.ts'
import { readBody } from '../http/message.ts'
import type { StoredObject } from '../storage/model.ts'
import { readStoredBytes } from '../storage/stored-bytes.ts'
import { type OperationContext, OWNER } from './context.ts'

export interface PlannedCallback extends CallbackPlan {
  /** Host name → address to connect to. */
  addresses: Map<string, string>
}

/**
 * The callback parameters of Put and Complete: header or query, never both.
 *
 * @throws {OssError} `InvalidArgument`
 */
export async function planCallback(call: OperationContext): Promise<PlannedCallback | undefined> {
  const { request, query, emulator } = call
  const read = (name: string) => {
    const header = request.headers[`x-oss-${name}`]
    const alias = emulator.unconfirmed.queryCallbackAlias ? query.get(`x-oss-${name}`) : undefined
    const inQuery = query.get(name) ?? alias
    if (header !== undefined && inQuery !== undefined) {
      throw invalidArgument(
        `Either the ${name} query string parameter or the x-oss-${name} header should be specified, not both.`,
        name,
        '',
        '0007-00000027',
      )
    }
    return header ?? inQuery
  }
  const callback = read('callback')
  const vars = read('callback-var')
  return callback === undefined ? undefined : planFrom(call, callback, vars)
}

/** @throws {OssError} `InvalidArgument`, also for a host that has no address or a private address */
export async function planFrom(
  { emulator, transport }: OperationContext,
  callback: string,
  vars: string | Record<string, string> | undefined,
): Promise<PlannedCallback> {
  const plan = parseCallback(callback, vars, {
    allowPrivate: emulator.allowPrivateCallbacks,
    foreignVars: emulator.unconfirmed.foreignCallbackVars,
  })
  const addresses = new Map<string, string>()
  for (const { hostName } of plan.urls) {
    if (!transport.resolve || isPrivateHost(hostName)) continue
    const found = await transport.resolve(hostName)
    if (!emulator.allowPrivateCallbacks && found.some(isPrivateAddress)) {
      const message = 'Private address is forbidden to callback.'
      throw invalidArgument(message, 'callback', hostName, '0007-00000008')
    }
    if (found[0] !== undefined) addresses.set(hostName, found[0])
    else if (emulator.unconfirmed.unresolvableCallbackHost === 'refuse') {
      throw invalidArgument('Can not get ip by this host.', 'callback', hostName)
    }
  }
  return { ...plan, addresses }
}

/** Sends the callback of a stored object. A failed callback is a result, not an exception. */
export async function sendCallback(
  call: OperationContext,
  plan: PlannedCallback,
  object: StoredObject,
  operation: CallbackFacts['operation'],
): Promise<CallbackResult> {
  const { emulator, bucket, key, request, requestId } = call
  const image = wantsImageInfo(plan.body) ? await readImage(call, object) : undefined
  if (image === 'broken') {
    return { ok: false, message: 'Get image info failed', ec: '0007-00000301' }
  }
  const facts: CallbackFacts = {
    bucket: bucket.name,
    object: key,
    etag: object.etag,
    size: object.size,
    mimeType: object.contentType,
    crc64: object.crc64,
    contentMd5: object.contentMd5 ?? '',
    clientIp: request.remoteAddress,
    reqId: requestId,
    operation,
    image,
  }
  const body = renderCallbackBody(plan, facts, emulator.unconfirmed)
  let result: CallbackResult = { ok: false, message: 'No callback url.' }
  for (const url of plan.urls) {
    const outcome = await callOne(call, plan, url, toUtf8(body))
    result = checkOutcome(outcome, {
      address: `${plan.addresses.get(url.hostName) ?? url.hostName}:${url.port}`,
      timeoutMs: emulator.callbackTimeoutMs,
    })
    emulator.log.addCallback({
      time: emulator.now().toISOString(),
      requestId,
      bucket: bucket.name,
      key,
      host: url.host,
      path: url.path,
      bodyType: plan.bodyType,
      body,
      bytes: toUtf8(body).length,
      status: outcome.kind === 'response' ? outcome.status : 0,
      outcome: result.ok ? 'ok' : 'failed',
      message: result.ok ? '' : result.message,
    })
    if (result.ok) break
  }
  return result
}

async function readImage(
  call: OperationContext,
  object: StoredObject,
): Promise<ImageInfo | 'broken' | undefined> {
  const end = Math.min(object.size, IMAGE_HEAD_BYTES)
  const stream = readStoredBytes(call.emulator.storage, object.blobs, 0, end)
  try {
    return readImageInfo((await readBody(stream.chunks, end)) ?? new Uint8Array())
  } finally {
    stream.close()
  }
}

async function callOne(
  { emulator, bucket, key, requestId, transport }: OperationContext,
  plan: PlannedCallback,
  url: CallbackUrl,
  body: Uint8Array<ArrayBuffer>,
): Promise<CallbackOutcome> {
  const fault = emulator.faults.onCallback?.({ bucket: bucket.name, key, url: url.url })
  if (fault?.kind === 'unreachable' || fault?.kind === 'timeout') return { kind: fault.kind }
  if (fault?.kind === 'delay') await wait(fault.ms)
  const host = plan.host ?? url.host
  const address = plan.addresses.get(url.hostName)
  const message: CallbackCall = {
    url: url.url,
    target: `${url.path}${url.query}`,
    hostName: url.hostName,
    port: url.port,
    secure: url.secure,
    ...(address !== undefined && { address }),
    host,
    headers: {
      host,
      connection: 'close',
      'content-type': plan.bodyType,
      'content-length': String(body.length),
      'content-md5': toBase64(md5(body)),
      date: emulator.now().toUTCString(),
      'user-agent': 'aliyun-oss-callback',
      authorization: emulator.callbackKey.sign(url.path, url.query, body),
      'x-oss-pub-key-url': toBase64(emulator.callbackKey.publicKeyUrl),
      'x-oss-signature-version': '1.0',
      'x-oss-request-id': requestId,
      'x-oss-bucket': bucket.name,
      'x-oss-owner': OWNER,
      'x-oss-requester': OWNER,
      'x-oss-tag': 'CALLBACK',
      'x-oss-additional-headers': '',
    },
    body,
    timeoutMs: emulator.callbackTimeoutMs,
    sni: plan.sni,
    maxResponseBytes: emulator.unconfirmed.callbackResponseMaxBytes,
  }
  const outcome = await transport.send(message)
  if (fault?.kind === 'repeat') {
    for (let time = 1; time < fault.times; time += 1) await transport.send(message)
  }
  if (fault?.kind !== 'response' || outcome.kind !== 'response') return outcome
  const text = fault.body === undefined ? outcome.body : toUtf8(fault.body)
  const { 'content-length': _, ...others } = outcome.headers
  return {
    kind: 'response',
    status: fault.status ?? outcome.status,
    headers: fault.withoutLength ? others : { ...others, 'content-length': String(text.length) },
    body: text,
  }
}
