/** In the page: the ways to upload, each as its manual shows it. Every one resolves when the application has responded. */
import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import { uploadFiles } from 'better-upload/client'
import * as tus from 'tus-js-client'
import { createUploader } from '../../client/index.ts'
import { createListUploader } from '../../client/lists.ts'
import type { ContenderName } from './contender-names.ts'

export interface PageOptions {
  /** Of OSS, with the bucket in the path. */
  ossUrl: string
  tusUrl: string
  bucket: string
  region: string
  accessKeyId: string
  accessKeySecret: string
  callbackUrl: string
}

export type Contender = (files: File[], options: PageOptions) => Promise<unknown>

/** Browsers open six connections to a host over HTTP/1.1. */
const AT_ONCE = 6
const ALI_PART_BYTES = 2 ** 20

async function post<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

async function inTurn(files: File[], work: (file: File) => Promise<unknown>): Promise<void> {
  const waiting = [...files]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) await work(file)
    }),
  )
}

/** Many small files ask for their tickets in lists. */
const upcall: Contender = async (files) => {
  const create = files.length === 1 ? createUploader : createListUploader
  const uploader = create({
    endpoint: location.origin,
    profile: 'any',
    headers: { authorization: `Bearer ${document.body.dataset.token}` },
  })
  await Promise.all(files.map((file) => uploader.upload(file)))
}

/** The keys are in the page: nobody should do that. Its own checkpoint is recorded, as its manual shows. */
const aliOss: Contender = async (files, options) => {
  const { ossUrl, bucket, region, accessKeyId, accessKeySecret, callbackUrl } = options
  const { OSS } = window as unknown as { OSS: new (options: object) => AliOss }
  const client = new OSS({
    ...{ accessKeyId, accessKeySecret, bucket, region: `oss-${region}`, authorizationV4: true },
    ...{ endpoint: ossUrl, sldEnable: true, secure: true, retryMax: 5, timeout: 300_000 },
  })
  const body = 'key=$' + '{object}&size=$' + '{size}'
  const callback = { url: callbackUrl, body, contentType: 'application/x-www-form-urlencoded' }
  await inTurn(files, async (file) => {
    const key = `ali/${crypto.randomUUID()}`
    if (file.size <= ALI_PART_BYTES) return client.put(key, file, { callback })
    const recorded = JSON.parse(localStorage.getItem('ali') ?? 'null')
    const result = await client.multipartUpload(recorded?.name ?? key, file, {
      callback,
      parallel: 5,
      partSize: ALI_PART_BYTES,
      ...(recorded && { checkpoint: { ...recorded, file } }),
      progress: (_share: number, checkpoint: object) =>
        localStorage.setItem('ali', JSON.stringify({ ...checkpoint, file: undefined })),
    })
    localStorage.removeItem('ali')
    return result
  })
}
interface AliOss {
  put(key: string, file: File, options: object): Promise<unknown>
  multipartUpload(key: string, file: File, options: object): Promise<unknown>
}

/** Presigned by the application's server, parts from 5 MiB on; then the application is told. */
const uppy: Contender = async (files) => {
  const uppy = new Uppy()
  uppy.use(AwsS3, {
    shouldUseMultipart: (file) => (file.size ?? 0) > 5 * 2 ** 20,
    signRequest: (request) => post('/sign', request),
  })
  const told: Promise<unknown>[] = []
  uppy.on('upload-success', (_file, { uploadURL }) => {
    told.push(post('/saved', { url: uploadURL }))
  })
  for (const [at, file] of files.entries()) uppy.addFile({ name: `${at} ${file.name}`, data: file })
  const result = await uppy.upload()
  if (result?.failed?.length) throw new Error(result.failed[0]?.error ?? 'failed')
  await Promise.all(told)
}

/** URLs of all files by one call; then the application is told. It retries nothing unless asked. */
const betterUpload: Contender = async (files) => {
  const result = await uploadFiles({
    ...{ api: '/better', route: 'any', files, retry: 3, retryDelay: 1000 },
    uploadBatchSize: AT_ONCE,
  })
  if (result.failedFiles.length > 0) throw new Error('failed')
  await post('/saved', { files: result.files.length })
}

/** The bytes go through a server of the application, which writes them to the same disk. */
const tusUpload: Contender = async (files, { tusUrl }) => {
  await inTurn(
    files,
    (file) =>
      new Promise<void>((resolve, reject) => {
        const upload = new tus.Upload(file, {
          endpoint: `${tusUrl}/files`,
          retryDelays: [0, 1000, 3000, 5000],
          removeFingerprintOnSuccess: true,
          metadata: { filename: file.name },
          onError: reject,
          onSuccess: () => resolve(),
        })
        void upload.findPreviousUploads().then(([previous]) => {
          if (previous) upload.resumeFromPreviousUpload(previous)
          upload.start()
        })
      }),
  )
}

/** One presigned PUT a file with a callback, tried three times. */
const plainFetch: Contender = async (files) => {
  await inTurn(files, async (file) => {
    const { url } = await post<{ url: string }>('/put', { type: file.type })
    for (let attempt = 1; ; attempt += 1) {
      try {
        const headers = { 'content-type': file.type }
        const response = await fetch(url, { method: 'PUT', body: file, headers })
        if (!response.ok) throw new Error(String(response.status))
        return await response.json()
      } catch (error) {
        if (attempt === 3) throw error
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
    }
  })
}

export const CONTENDERS: Readonly<Record<ContenderName, Contender>> = {
  upcall,
  'ali-oss': aliOss,
  uppy,
  'better-upload': betterUpload,
  tus: tusUpload,
  fetch: plainFetch,
}
