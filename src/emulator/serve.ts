/**
 * The steps of a request after its route is known: planned faults, authenticate, authorise, handle.
 */
import type { Caller } from './auth/access-keys.ts'
import { authenticate } from './auth/authenticate.ts'
import { checkPermission, checkServicePermission } from './auth/permissions.ts'
import { type RequestFault, wait } from './behavior/faults.ts'
import type { CallbackTransport } from './callback/transport.ts'
import { OssError } from './http/errors.ts'
import { ConnectionDropped, type EmulatorReply, type EmulatorRequest } from './http/message.ts'
import { toOssError } from './http/reply.ts'
import type { EmulatorState } from './operations/context.ts'
import { buildPreflightReply } from './operations/cors.ts'
import { HANDLERS, SERVICE_HANDLERS } from './operations/routes.ts'
import type { Route } from './route.ts'
import type { Sts } from './sts/sts.ts'

/** A request, and what was decided about it when it came in. */
export interface Exchange {
  request: EmulatorRequest
  requestId: string
  host: string
  transport: CallbackTransport
}

type OperationRoute = Extract<Route, { kind: 'operation' }>
type ServiceRoute = Extract<Route, { kind: 'service' }>
type StsRoute = Extract<Route, { kind: 'sts' }>

/** @throws {OssError} what the client is told; {ConnectionDropped} for that fault */
export async function serve(
  route: Route,
  exchange: Exchange,
  state: EmulatorState,
  sts: Sts,
): Promise<EmulatorReply> {
  switch (route.kind) {
    case 'refused':
      throw route.error
    case 'public-key': {
      const headers = { 'content-type': 'application/x-pem-file' }
      return { status: 200, headers, body: state.callbackKey.publicKey }
    }
    case 'sts': {
      const fault = findFault(route, exchange, state)
      await applyFaultBefore(fault)
      return sts.handle(exchange.request, route.query, exchange.requestId)
    }
    case 'preflight':
      return buildPreflightReply(route.bucket, exchange.request.headers, state.unconfirmed)
    case 'operation':
      return serveOperation(route, exchange, state)
    case 'service':
      return serveService(route, exchange, state)
  }
}

async function serveOperation(
  route: OperationRoute,
  exchange: Exchange,
  state: EmulatorState,
): Promise<EmulatorReply> {
  const { operation, bucket, key, query } = route
  const fault = findFault(route, exchange, state)
  await applyFaultBefore(fault)
  const caller = identify(route, exchange, state)
  authorise(caller, route)
  const call = { ...exchange, emulator: state, operation, bucket, key, query, caller }
  const reply = await HANDLERS[operation](call)
  if (fault?.kind === 'drop') throw new ConnectionDropped()
  return reply
}

async function serveService(
  route: ServiceRoute,
  exchange: Exchange,
  state: EmulatorState,
): Promise<EmulatorReply> {
  const { operation, query, bucketName } = route
  const fault = findFault(route, exchange, state)
  await applyFaultBefore(fault)
  const { keys, now, unconfirmed } = state
  const signed = { ...exchange.request, bucket: bucketName, key: '', query: query.pairs }
  const context = { keys, now: now(), region: undefined, unconfirmed }
  const caller = authenticate(signed, query, context)
  checkServicePermission(caller, operation, bucketName)
  const call = { ...exchange, emulator: state, operation, query, caller, bucketName }
  const reply = await SERVICE_HANDLERS[operation](call)
  if (fault?.kind === 'drop') throw new ConnectionDropped()
  return reply
}

/** What the options plan for this request. */
function findFault(
  { names, query }: Pick<OperationRoute | ServiceRoute | StsRoute, 'names' | 'query'>,
  { request }: Exchange,
  { faults }: EmulatorState,
): RequestFault | undefined {
  const partNumber = Number(query.get('partNumber'))
  return faults.onRequest?.({
    method: request.method,
    ...names,
    ...(names.operation === 'UploadPart' && { partNumber }),
  })
}

async function applyFaultBefore(fault: RequestFault | undefined): Promise<void> {
  if (fault?.kind === 'latency') await wait(fault.ms)
  if (fault?.kind === 'drop' && fault.when === 'before-storing') throw new ConnectionDropped()
  if (fault?.kind === 'error') {
    throw fault.status === 500
      ? toOssError(undefined)
      : new OssError('ServiceUnavailable', 'Please reduce your request rate.')
  }
}

/** A form carries its signature in its fields and is anonymous until PostObject has read them. */
function identify(
  { operation, bucket, key, query }: OperationRoute,
  { request }: Exchange,
  { keys, now, unconfirmed }: EmulatorState,
): Caller {
  if (operation === 'PostObject') return { kind: 'anonymous' }
  const signed = { ...request, bucket: bucket.name, key, query: query.pairs }
  return authenticate(signed, query, { keys, now: now(), region: bucket.region, unconfirmed })
}

function authorise(caller: Caller, { operation, bucket, key }: OperationRoute): void {
  if (operation !== 'PostObject') checkPermission(caller, operation, bucket, key)
}
