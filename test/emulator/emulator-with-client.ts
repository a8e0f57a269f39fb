/** An emulator with a fixed clock and a bucket, a callback server in memory, and a client that signs requests to it. */
import { createEmulator } from '../../src/emulator/app.ts'
import { OssError } from '../../src/emulator/http/errors.ts'
import type { EmulatorOptions } from '../../src/emulator/options.ts'
import { presign, signRequest } from '../../src/protocol/index.ts'
import type { OssRequest } from '../../src/protocol/sign-v4.ts'

export const NOW = new Date('2030-01-02T03:04:05.000Z')
export const KEY = { accessKeyId: 'ak', accessKeySecret: 'sk' }
export const BUCKET = 'examplebucket'
export const REGION = 'cn-hangzhou'
export const HOST = 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com'

export function createEmulatorWithClient(options: Partial<EmulatorOptions> = {}) {
  const received: { request: Request; body: string }[] = []
  const emulator = createEmulator({
    accessKeys: [KEY],
    buckets: [BUCKET],
    now: () => NOW,
    fetch: async (request) => {
      received.push({ request, body: await request.clone().text() })
      return Response.json({ ok: true }, { headers: { 'content-length': '11' } })
    },
    ...options,
  })
  type Partly = Partial<OssRequest> & { method: string }

  /** Signed in the header, sent. */
  async function send(request: Partly, body?: BodyInit): Promise<Response> {
    const signed = signRequest(
      { bucket: BUCKET, region: REGION, ...request },
      { credentials: KEY, now: NOW },
    )
    return emulator.fetch(
      new Request(signed.url, {
        method: signed.method,
        headers: signed.headers,
        ...(body !== undefined && { body }),
      }),
    )
  }

  /** Signed in the URL, sent. */
  async function sendUrl(request: Partly, body?: BodyInit): Promise<Response> {
    const signed = presign(
      { bucket: BUCKET, region: REGION, ...request },
      { credentials: KEY, now: NOW, expiresInSeconds: 600 },
    )
    return emulator.fetch(
      new Request(signed.url, {
        method: signed.method,
        headers: signed.headers,
        ...(body !== undefined && { body }),
      }),
    )
  }

  return { emulator, received, send, sendUrl }
}

/** `Code` and `EC` of an error response. */
export async function readError(
  response: Response,
): Promise<{ status: number; code: string; ec: string; xml: string }> {
  const xml = await response.text()
  const read = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? ''
  return { status: response.status, code: read('Code'), ec: read('EC'), xml }
}

/** As bytes, because a text body brings a Content-Type, which is signed. */
export const bytesOf = (text: string) => new TextEncoder().encode(text)

export function readElement(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? ''
}

/** The content of every element of that name. */
export function readAllElements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(
    ([, text = '']) => text,
  )
}

/** The error that a function throws; it must be one of OSS. */
export function catchOss(run: () => unknown): OssError {
  try {
    run()
  } catch (error) {
    if (error instanceof OssError) return error
    throw error
  }
  throw new Error('It did not throw.')
}

export async function catchOssLater(run: Promise<unknown>): Promise<OssError> {
  try {
    await run
  } catch (error) {
    if (error instanceof OssError) return error
    throw error
  }
  throw new Error('It did not reject.')
}
