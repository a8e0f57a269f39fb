/** The local OSS and a receiver of callbacks on sockets, and a client of OSS's calls for servers. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type {
  CallbackFault,
  FaultCallback,
  FaultRequest,
  RequestFault,
} from '../../src/emulator/behavior/faults.ts'
import { type RunningEmulator, startEmulator } from '../../src/emulator/index.ts'
import type { StartOptions } from '../../src/emulator/start.ts'
import { createOssClient, type OssClient } from '../../src/oss/client.ts'
import { OssError } from '../../src/oss/errors.ts'
import { presign } from '../../src/protocol/presign.ts'

/** Bytes of a part, the least that OSS takes. */
export const PART = 102_400
export const VARS = { 'x:my_var1': 'my_val1', 'x:my_var2': '值 & more' } as const

/** What a test may look at and change; reset before each. */
export interface LocalOss {
  local: RunningEmulator
  client: OssClient
  folder: string
  callbackUrl: string
  /** Bodies of callbacks, in order. */
  callbacks: string[]
  /** Operations that OSS was asked for, in order. */
  operations: string[]
  respond: () => { status: number; body: string }
  faults: (request: FaultRequest) => RequestFault | undefined
  callbackFault: (callback: FaultCallback) => CallbackFault | undefined
}

/** Starts both for all tests of a file. */
export function startLocalOss(options: StartOptions = {}): LocalOss {
  let receiver: Server
  const state = { folder: mkdtempSync(join(tmpdir(), 'upcall-oss-client-')) } as LocalOss

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      state.callbacks.push(await text(request))
      const { status, body } = state.respond()
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body)
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    state.callbackUrl = `http://127.0.0.1:${port}/callback`
    state.local = await startEmulator({
      ...options,
      faults: {
        onRequest(request) {
          state.operations.push(request.operation)
          return state.faults(request)
        },
        onCallback: (callback) => state.callbackFault(callback),
      },
    })
    state.client = createClient(state)
  })
  afterAll(async () => {
    receiver.close()
    await state.local.close()
    rmSync(state.folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    state.callbacks = []
    state.operations = []
    state.faults = () => undefined
    state.callbackFault = () => undefined
    state.respond = () => ({ status: 200, body: '{"ok":true}' })
  })
  return state
}

export function createClient(
  { local }: Pick<LocalOss, 'local'>,
  more: Partial<Parameters<typeof createOssClient>[0]> = {},
): OssClient {
  const { accessKeyId, accessKeySecret } = local
  return createOssClient({
    bucket: local.bucket,
    region: local.region,
    endpoint: local.url,
    credentials: { accessKeyId, accessKeySecret },
    retryDelays: [1, 1, 1],
    ...more,
  })
}

export const buildCallback = ({ callbackUrl }: Pick<LocalOss, 'callbackUrl'>) => ({
  callback: {
    url: callbackUrl,
    body: 'object=${object}&size=${size}&my_var_1=${x:my_var1}&my_var_2=${x:my_var2}',
  },
  callbackVars: VARS,
})

/** Bytes that repeat nowhere soon. */
export function makePattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff
  return bytes
}

let count = 0
export function makeFile({ folder }: Pick<LocalOss, 'folder'>, bytes: Uint8Array): string {
  count += 1
  const path = join(folder, `文件-${count}.bin`)
  writeFileSync(path, bytes)
  return path
}

/** Signs a URL of one object for a minute. */
export function signUrl(
  { local }: Pick<LocalOss, 'local'>,
  method: string,
  key: string,
  query: Record<string, string> = {},
): string {
  const { accessKeyId, accessKeySecret, bucket, region, url: endpoint } = local
  return presign(
    { method, bucket, key, region, endpoint, query },
    { credentials: { accessKeyId, accessKeySecret }, now: new Date(), expiresInSeconds: 60 },
  ).url
}

export async function download(state: LocalOss, key: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(signUrl(state, 'GET', key))).arrayBuffer())
}

export async function readOssError(promise: Promise<unknown>): Promise<OssError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(OssError)
  return error as OssError
}

export async function* chunk(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
