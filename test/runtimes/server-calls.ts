/**
 * Runs inside a runtime, against the installed package: what `oss-upcall/node` does for programs. Each request runs one of
 * them, named by its path, and says `ok` or what went wrong.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createOssClient, type OssClientOptions, uploadFile } from 'oss-upcall/node'
import { crc64 } from 'oss-upcall/protocol'
import { CALL_NAMES, type CallName } from './call-names.ts'

const {
  OSS_ENDPOINT = '',
  OSS_ACCESS_KEY_ID = '',
  OSS_ACCESS_KEY_SECRET = '',
  CALLBACK_URL = '',
  SERVICE_URL = '',
  TOKEN = '',
  FOLDER = '',
} = process.env

const PART_BYTES = 102_400
const BYTES = Uint8Array.from({ length: 450_000 }, (_, at) => (at * 31 + (at >> 8)) % 251)
const PARTS = Math.ceil(BYTES.length / PART_BYTES)
const CALLBACK = { url: CALLBACK_URL, body: 'object=${object}&size=${size}&note=${x:note}' }
const CALLBACK_VARS = { 'x:note': '笔记' } as const

function createClient(more: Partial<OssClientOptions> = {}) {
  return createOssClient({
    bucket: 'examplebucket',
    region: 'cn-hangzhou',
    endpoint: OSS_ENDPOINT,
    credentials: { accessKeyId: OSS_ACCESS_KEY_ID, accessKeySecret: OSS_ACCESS_KEY_SECRET },
    retryDelays: [],
    ...more,
  })
}

function writeBytes(name: string, bytes: Uint8Array = BYTES): string {
  const path = join(FOLDER, name)
  writeFileSync(path, bytes)
  return path
}

async function checkStored(key: string, bytes: Uint8Array): Promise<void> {
  const response = await fetch(await createClient().signedUrl(key, { expiresIn: 60 }))
  equal(response.status, 200)
  deepEqual(new Uint8Array(await response.arrayBuffer()), bytes)
}

/** OSS's 200, the application's response to the callback, and the bytes. */
async function checkResult(result: object, key: string, bytes: Uint8Array): Promise<void> {
  const { kind, response, crc64: sum } = result as Record<string, unknown>
  deepEqual([kind, sum], ['stored', String(crc64(bytes))])
  deepEqual(response, { object: key, size: String(bytes.length), note: '笔记' })
  await checkStored(key, bytes)
}

const withCallback = { callback: CALLBACK, callbackVars: CALLBACK_VARS }

const CALLS: Readonly<Record<CallName, () => Promise<void>>> = {
  async 'putObject with a callback'() {
    const empty = new Uint8Array()
    for (const [key, data, bytes] of [
      ['calls/文 1.txt', '你好', new TextEncoder().encode('你好')],
      ['calls/bytes', BYTES, BYTES],
      ['calls/blob', new Blob([BYTES]), BYTES],
      ['calls/empty', empty, empty],
    ] as const) {
      await checkResult(await createClient().putObject(key, data, withCallback), key, bytes)
    }
  },

  async 'putObjectFromFile with a callback'() {
    for (const [name, bytes] of [
      ['文件 1.bin', BYTES],
      ['empty.bin', new Uint8Array()],
    ] as const) {
      const path = writeBytes(name, bytes)
      const key = `calls/${name}`
      await checkResult(await createClient().putObjectFromFile(key, path, withCallback), key, bytes)
    }
    const missing = createClient().putObjectFromFile('calls/missing', join(FOLDER, 'missing'))
    await rejects(missing, /ENOENT|NotFound|no such file/i)
  },

  async 'multipartUpload of a file and of a stream, with a callback'() {
    const path = writeBytes('parts.bin')
    const parts = { partSize: PART_BYTES, ...withCallback }
    const ofFile = await createClient().multipartUpload('calls/parts', { path }, parts)
    await checkResult(ofFile, 'calls/parts', BYTES)
    const stream = new Blob([BYTES]).stream()
    const ofStream = await createClient().multipartUpload('calls/stream', stream, parts)
    await checkResult(ofStream, 'calls/stream', BYTES)
  },

  async 'multipartUpload that is interrupted goes on by its checkpoint'() {
    const path = writeBytes('resumed.bin')
    const options = {
      ...withCallback,
      partSize: PART_BYTES,
      concurrency: 1,
      checkpoint: join(FOLDER, 'resumed.json'),
    }
    const stop = new AbortController()
    const interrupted = createClient().multipartUpload(
      'calls/resumed',
      { path },
      {
        ...options,
        signal: stop.signal,
        onProgress: ({ loaded }) => {
          if (loaded >= 2 * PART_BYTES) stop.abort()
        },
      },
    )
    await rejects(interrupted, { code: 'ABORTED' })
    ok((await readFile(options.checkpoint, 'utf8')).length > 0)
    let sent = 0
    const counting: typeof fetch = (input, init) => {
      if (String(input instanceof Request ? input.url : input).includes('partNumber=')) sent += 1
      return fetch(input, init)
    }
    const client = createClient({ fetch: counting })
    const result = await client.multipartUpload('calls/resumed', { path }, options)
    await checkResult(result, 'calls/resumed', BYTES)
    ok(sent > 0 && sent <= PARTS - 2, `${sent} of ${PARTS} parts were sent again`)
    await rejects(stat(options.checkpoint))
  },

  async 'bytes that change on their way are an error'() {
    const changing: typeof fetch = (input, init) => {
      const isData = init?.method === 'PUT'
      return fetch(input, isData ? { ...init, body: new Uint8Array(BYTES.length) } : init)
    }
    const client = createClient({ fetch: changing })
    await rejects(client.putObject('calls/changed', BYTES), { code: 'CHECKSUM_MISMATCH' })
  },

  async 'uploadFile with tickets of the service: form, PUT, parts'() {
    const path = writeBytes('夏天.bin')
    for (const method of ['form', 'put', 'multipart'] as const) {
      let loaded = 0
      const result = await uploadFile(path, {
        endpoint: SERVICE_URL,
        profile: 'any',
        type: 'application/octet-stream',
        method,
        partSize: PART_BYTES,
        headers: { authorization: `Bearer ${TOKEN}` },
        onProgress: (progress) => {
          loaded = progress.loaded
        },
      })
      deepEqual([result.delivery, result.via], ['done', 'callback'])
      deepEqual(result.response, { saved: result.id })
      deepEqual([result.crc64, loaded], [String(crc64(BYTES)), BYTES.length])
      await checkStored(result.key, BYTES)
    }
  },
}

async function run(name: string): Promise<string> {
  const found = CALL_NAMES.find((candidate) => candidate === name)
  if (!found) return 'there is no such call'
  try {
    mkdirSync(FOLDER, { recursive: true })
    await CALLS[found]()
    return 'ok'
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

export async function respond(url: string): Promise<Response> {
  return new Response(await run(decodeURIComponent(new URL(url).pathname.slice(1))))
}
