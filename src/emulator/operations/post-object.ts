/**
 * PostObject: an upload by an HTML form. Its signed policy is checked before the file is visible.
 * Over 200 lines, because the order of its checks is what the manual defines and tests rely on.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
import { toBase64 } from '../../protocol/bytes.ts'
import { createMd5 } from '../../protocol/crypto.ts'
import { authenticateForm } from '../auth/check-form.ts'
import {
  checkPolicyConditions,
  checkPolicyExpiry,
  type Policy,
  parsePolicy,
  readLengthRange,
} from '../auth/check-policy.ts'
import { checkPermission } from '../auth/permissions.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_BODY_BYTES } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import {
  createFormReader,
  type FormPart,
  type FormReader,
  readBoundary,
} from '../http/multipart-form.ts'
import { checkKey } from '../http/target.ts'
import { readTrafficLimit } from '../http/traffic-limit.ts'
import { buildNormalObject, type OperationContext } from './context.ts'
import { finishUpload } from './finish-upload.ts'
import { buildFormReply } from './form-reply.ts'
import { checkOverwrite, readForbidOverwrite, readObjectSettings } from './object-settings.ts'
import { checkContentMd5Shape, receiveBytes } from './receive-body.ts'
import { planFrom } from './send-callback.ts'

export async function postObject(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, request, bucket } = call
  const boundary = readBoundary(request.headers['content-type'])
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
    throw invalidArgument('Post body size must be less than 5G.')
  }
  const contentMd5 = request.headers['content-md5']
  checkContentMd5Shape(contentMd5)
  const whole = hashWhile(request.body ?? empty(), contentMd5 !== undefined)
  const form = createFormReader(whole.chunks, boundary)
  const { fields, file } = await readFields(form, emulator.unconfirmed.formFieldCase)
  fields.set('bucket', bucket.name)

  const now = emulator.now()
  const { keys } = emulator
  const signed = authenticateForm(fields, { keys, now, region: bucket.region })
  const policy = signed.policy === undefined ? undefined : parsePolicy(signed.policy)
  const checked = new Map(fields)
  if (!checked.has('content-type') && file.contentType) {
    checked.set('content-type', file.contentType)
  }
  if (policy) {
    checkPolicyExpiry(policy, now)
    checkPolicyConditions(policy, checked, signed.required, emulator.unconfirmed)
  }
  const template = fields.get('key')
  if (!template) throw keyMissing()
  const key = template.replaceAll('${filename}', () => file.filename ?? '')
  checkKey(key)
  checkPermission(signed.caller, 'PostObject', bucket, key)
  const posted: OperationContext = { ...call, key, caller: signed.caller }

  const object = await storeFile(posted, { fields, file, form, policy, contentMd5, whole })
  const wantsCallback = object.plan !== undefined
  const reply = buildFormReply(posted, object.stored, fields, wantsCallback)
  const finished = await finishUpload(
    posted,
    object.stored,
    object.plan,
    emulator.unconfirmed.formOperation === 'PostObject' ? 'PostObject' : 'PutObject',
    reply,
  )
  const keepsStatus = emulator.unconfirmed.formCallbackStatus === 'success-action'
  return wantsCallback && keepsStatus ? { ...finished, status: reply.status } : finished
}

interface Posted {
  fields: Map<string, string>
  file: FormPart
  form: FormReader
  policy: Policy | undefined
  contentMd5: string | undefined
  whole: { digest(): Promise<string> }
}

async function storeFile(call: OperationContext, posted: Posted) {
  const { emulator, bucket, key, request } = call
  const { fields, file, form, policy } = posted
  const contentType =
    fields.get('x-oss-content-type') || file.contentType || fields.get('content-type')
  const acl = fields.get('x-oss-object-acl') ?? request.headers['x-oss-object-acl']
  const given = {
    ...Object.fromEntries(fields),
    ...(contentType && { 'content-type': contentType }),
    ...(acl !== undefined && { 'x-oss-object-acl': acl }),
  }
  const settings = readObjectSettings(given, bucket)
  const forbidOverwrite = readForbidOverwrite(given, bucket)
  checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  const callback = fields.get('callback')
  const plan =
    callback === undefined ? undefined : await planFrom(call, callback, readVars(fields, emulator))
  const { min, max } = policy ? readLengthRange(policy) : { min: 0, max: Number.POSITIVE_INFINITY }
  const bytes = await receiveBytes(file.chunks(), emulator.storage, {
    maxBytes: Math.min(max, MAX_BODY_BYTES),
    bitsPerSecond: readTrafficLimit(fields.get('x-oss-traffic-limit')),
  })
  try {
    if (bytes.size < min) {
      throw new OssError(
        'EntityTooSmall',
        'Your proposed upload smaller than the minimum allowed size.',
        {
          ec: '0006-00000004',
          extras: { MinSizeAllowed: String(min), ProposedSize: String(bytes.size) },
        },
      )
    }
    await readRest(form)
    if (posted.contentMd5 !== undefined && (await posted.whole.digest()) !== posted.contentMd5) {
      throw new OssError('InvalidDigest', 'The Content-MD5 you specified was invalid.')
    }
    if (policy && emulator.unconfirmed.policyExpiry === 'start-and-end') {
      checkPolicyExpiry(policy, emulator.now())
    }
    checkOverwrite(forbidOverwrite, bucket.objects.get(key))
  } catch (error) {
    await emulator.storage.deleteBlob(bytes.blob)
    throw error
  }
  const stored = buildNormalObject(bucket, settings, bytes, emulator.now())
  await emulator.catalog.putObject(bucket, key, stored)
  return { stored, plan }
}

function keyMissing(): OssError {
  return invalidArgument(
    "The bucket POST must contain the specified 'key'. If it is specified, please check the order of the fields.",
    'key',
    '',
  )
}

function wrongFileCount(): OssError {
  return new OssError(
    'IncorrectNumberOfFilesInPOSTRequest',
    'POST requires exactly one file upload per request.',
  )
}

/** All fields before the file. A name that comes twice is refused: which value OSS would use is unknown. */
async function readFields(form: FormReader, keepCase: boolean) {
  const fields = new Map<string, string>()
  for (;;) {
    const part = await form.nextPart()
    if (!part) throw wrongFileCount()
    const name = keepCase ? part.name : part.name.toLowerCase()
    if (name === 'file') return { fields, file: part }
    if (name === '') throw invalidArgument('The bucket POST contains unrecognized field name.')
    const value = await part.text()
    if (fields.has(name)) {
      throw invalidArgument('The form has this field twice.', part.name, '')
    }
    fields.set(name, value)
  }
}

/** Fields after the file are ignored; a second file is not. */
async function readRest(form: FormReader): Promise<void> {
  for (;;) {
    const part = await form.nextPart()
    if (!part) return
    if (part.name.toLowerCase() === 'file') throw wrongFileCount()
    for await (const _ of part.chunks()) {
      // read and dropped
    }
  }
}

function readVars(fields: Map<string, string>, { unconfirmed }: OperationContext['emulator']) {
  const field = unconfirmed.formCallbackVarField ? fields.get('callback-var') : undefined
  if (field !== undefined) return field
  return Object.fromEntries([...fields].filter(([name]) => name.startsWith('x:')))
}

/** MD5 over the whole body, for a request with a Content-MD5 header. */
function hashWhile(body: AsyncIterable<Uint8Array>, wanted: boolean) {
  const md5 = createMd5()
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      md5.update(chunk)
      yield chunk
    }
  }
  const hashed = read()
  return {
    chunks: wanted ? hashed : body,
    /** Reads what follows the closing boundary too. */
    async digest(): Promise<string> {
      while (!(await hashed.next()).done) {
        // hashed by `read`
      }
      return toBase64(md5.digest())
    },
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}
