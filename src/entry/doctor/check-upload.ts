/**
 * One real upload of a few bytes with a callback that must come back. The service knows its profile `.doctor`: it verifies
 * the callback as any other, and records nothing. The object is deleted afterwards, if the key may, which it should not.
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { presign } from '../../protocol/presign.ts'
import { OWN_ISSUER } from '../../service/own-authenticate.ts'
import type { AdmittedUpload } from '../../signer/admit-upload.ts'
import { buildCallbackQuery } from '../../signer/callback-text.ts'
import { DOCTOR_PROFILE } from '../../signer/doctor-probe.ts'
import { ID_HEADER } from '../../signer/object-headers.ts'
import { prepareProfile } from '../../signer/profile.ts'
import { DEFAULT_DEPLOYMENT } from '../../signer/ticket-context.ts'
import { explainCallbackFailure } from './callback-failure.ts'
import { describeExcess, describeNoExcess, type Excess } from './check-excess.ts'
import type { UsableOss } from './check-oss.ts'
import { type DoctorContext, listPrefixes } from './context.ts'
import { type Finding, fail, notChecked, ok, type Text, text } from './finding.ts'
import { fetchText } from './network.ts'
import { type OssOutcome, type OssResponse, readOssResponse } from './oss-call.ts'

const FILE = toUtf8('upcall doctor\n')
const TYPE = 'text/plain'
const LIFE_SECONDS = 300

const PROFILE = prepareProfile('doctor', { key: 'doctor/{id}', types: ['*'], maxSize: 1024 })

const WHY = text('This is what every upload of a user does.', '用户的每次上传都会经过同样的过程。')

function planUpload({ config, profiles, ports }: DoctorContext): AdmittedUpload {
  const { auth, deployment = DEFAULT_DEPLOYMENT, bucket } = config
  const id = ports.newId()
  const [prefix = ''] = listPrefixes(profiles)
  return {
    id,
    issuer: auth?.issuer ?? OWN_ISSUER,
    deployment,
    subject: 'upcall-doctor',
    profile: DOCTOR_PROFILE,
    bucket,
    // One of 64 names: without the permission to delete no more objects than these stay, and two doctors rarely meet.
    key: `${prefix}.upcall-doctor-${id.slice(0, 1)}`,
    name: 'doctor.txt',
    size: FILE.length,
    type: TYPE,
    vars: {},
    method: 'put',
    expiresAt: Math.floor(ports.now().getTime() / 1000) + LIFE_SECONDS,
  }
}

async function send(
  context: DoctorContext,
  { credentials }: UsableOss,
  upload: AdmittedUpload,
): Promise<OssOutcome> {
  const { callbackUrl, place, secrets, ports } = context
  const { url, headers } = presign(
    {
      ...place,
      method: 'PUT',
      key: upload.key,
      query: buildCallbackQuery(PROFILE, callbackUrl, upload, secrets),
      headers: { 'Content-Type': TYPE, [ID_HEADER]: upload.id },
    },
    { credentials, now: ports.now(), expiresInSeconds: LIFE_SECONDS },
  )
  const response = await fetchText(ports.fetch, url, { method: 'PUT', headers, body: FILE })
  if (response.kind === 'failed') return response
  return readOssResponse(response.status, response.headers, response.body)
}

function isOwnResponse(body: string, id: string): boolean {
  try {
    return (JSON.parse(body) as { doctor?: unknown } | null)?.doctor === id
  } catch {
    return false
  }
}

const STORED = ok('upload.stored', text('A test upload is stored.', '测试上传已存储。'))

function failStored(what: Text, fix: Text, details: Record<string, string>): Finding[] {
  return [
    fail('upload.stored', { what, why: WHY, fix, details }),
    notChecked('upload.callback', text('There was no callback.', '没有发生回调。')),
  ]
}

function failCallback(what: Text, fix: Text, hop: string): Finding {
  return fail('upload.callback', { what, why: WHY, fix, details: { hop } })
}

const CALLBACK_EC = '0007-'

function describeRefusal({ status, code, ec }: OssResponse): Finding[] {
  const said = [String(status), code, ec && `EC ${ec}`].filter((word) => word !== '').join(', ')
  if (ec.startsWith(CALLBACK_EC) || /^InvalidArgument$/.test(code)) {
    const fix = text(
      'OSS calls back to public host names and IPv4 addresses only: check UPCALL_PUBLIC_URL and its DNS.',
      'OSS 只回调公网域名和 IPv4 地址：检查 UPCALL_PUBLIC_URL 及其 DNS 解析。',
    )
    const what = text(`OSS refuses the callback URL (${said}).`, `OSS 拒绝回调地址（${said}）。`)
    return failStored(what, fix, { hop: 'dns', code })
  }
  const what = text(`OSS refuses the test upload (${said}).`, `OSS 拒绝测试上传（${said}）。`)
  const fix = text(
    'See permission.put; a bucket policy, a referer rule or a retention policy may refuse it, too.',
    '见 permission.put;Bucket 策略、防盗链或保留策略也可能拒绝上传。',
  )
  return failStored(what, fix, { hop: String(status), code })
}

function describe(response: OssOutcome, id: string, seen: readonly Finding[]): Finding[] {
  if (response.kind === 'failed') {
    const { hop, words } = response.fault
    const what = text(`The test upload: ${words.en}.`, `测试上传：${words.zh}。`)
    const fix = text('See oss.connect.', '见 oss.connect。')
    return failStored(what, fix, { hop })
  }
  const { status, code, body, message } = response
  if (status === 203 || code === 'CallbackFailed') {
    const { hop, what, fix } = explainCallbackFailure(message, seen)
    return [STORED, failCallback(what, fix, hop)]
  }
  if (status !== 200) return describeRefusal(response)
  if (isOwnResponse(body, id)) {
    const what = text('Its callback came back from the service.', '回调已由服务返回。')
    return [STORED, ok('upload.callback', what)]
  }
  const what = text(
    'Something else than this service has responded to the callback.',
    '响应回调的不是本服务。',
  )
  const fix = text(
    'Check UPCALL_PUBLIC_URL and the proxy: the path leads elsewhere, or to an older version of the service.',
    '检查 UPCALL_PUBLIC_URL 和代理：路径指向了别处，或服务版本较旧。',
  )
  return [STORED, failCallback(what, fix, 'response')]
}

const DELETE: Excess = {
  id: 'excess.delete',
  action: 'oss:DeleteObject',
  en: 'delete objects',
  zh: '删除文件',
}

/** The object is the doctor's own: deleting it harms nobody. */
async function remove({ call }: UsableOss, key: string): Promise<Finding> {
  const response = await call({ method: 'DELETE', key })
  if (response.kind === 'response' && response.status === 204) return describeExcess(DELETE)
  if (response.kind === 'response' && response.status === 403) {
    const { id, what, state } = describeNoExcess(DELETE)
    const stays = text(
      `${what.en} The object ${key} (${FILE.length} bytes) stays.`,
      `${what.zh}文件 ${key}（${FILE.length} 字节）会保留。`,
    )
    return { id, state, what: stays, details: { key } }
  }
  return notChecked(
    'excess.delete',
    text(`The object ${key} could not be deleted.`, `无法删除文件 ${key}。`),
  )
}

/** @param seen findings of OSS and of the public URL */
export async function checkUpload(
  context: DoctorContext,
  oss: UsableOss,
  seen: readonly Finding[],
): Promise<Finding[]> {
  let upload = planUpload(context)
  let response = await send(context, oss, upload)
  // Another doctor has replaced the object between its callback and the HEAD: once more, under another name.
  if (response.kind === 'response' && /status\s*:\s*409/i.test(response.message)) {
    upload = planUpload(context)
    response = await send(context, oss, upload)
  }
  const findings = describe(response, upload.id, seen)
  const isStored = findings.some(({ id, state }) => id === 'upload.stored' && state === 'ok')
  if (!isStored) return findings
  return [await remove(oss, upload.key), ...findings]
}
