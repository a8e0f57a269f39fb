/**
 * Preflights as browsers send them, to the bucket and to the service.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/options
 */
import { buildPlace } from '../../protocol/address.ts'
import type { ReadyProfile } from '../../signer/profile.ts'
import { type DoctorContext, listPrefixes } from './context.ts'
import { buildCorsRule, EXPOSED } from './cors-rule.ts'
import { type Finding, fail, ok, type Text, text, warn } from './finding.ts'
import { type Preflight, sendPreflight } from './preflight.ts'

/** Each costs three requests. */
const MAX_ORIGINS = 20
/** Where the settings allow all of them. */
const ANY_ORIGIN = 'https://upcall-doctor.example'

/** Headers of a PUT, as tickets of this profile name them. */
function listPutHeaders(profile: ReadyProfile): string[] {
  const { allowOverwrite, storageClass, acl, cacheControl, direct } = profile
  return [
    'content-disposition',
    'content-md5',
    'content-type',
    'x-oss-meta-upcall-id',
    ...(direct ? [] : ['x-oss-meta-upcall-facts']),
    ...(allowOverwrite ? [] : ['x-oss-forbid-overwrite']),
    ...(storageClass ? ['x-oss-storage-class'] : []),
    ...(acl ? ['x-oss-object-acl'] : []),
    ...(cacheControl ? ['cache-control'] : []),
  ].sort()
}

/** A form has a preflight because the client listens to its progress. */
function listBucketPreflights(profiles: readonly ReadyProfile[]) {
  const found = new Map<string, Pick<Preflight, 'method' | 'headers'>>()
  const add = (method: string, headers: string[]): void => {
    found.set(`${method} ${headers.join()}`, { method, headers })
  }
  for (const profile of profiles) {
    const { methods, allowOverwrite } = profile
    if (methods.includes('form')) add('POST', [])
    if (methods.includes('put')) add('PUT', listPutHeaders(profile))
    if (methods.includes('multipart')) {
      add('PUT', [])
      add('POST', [
        ...['x-oss-complete-all'],
        ...(allowOverwrite ? [] : ['x-oss-forbid-overwrite']),
      ])
    }
  }
  return [...found.values()]
}

function describe(refusals: ReadonlyMap<string, Text>, language: keyof Text): string {
  return [...refusals].map(([origin, words]) => `${origin}: ${words[language]}`).join('; ')
}

async function checkBucketCors(context: DoctorContext, origins: readonly string[]) {
  const { place, profiles, ports } = context
  const [prefix = ''] = listPrefixes(profiles)
  const { url } = buildPlace({ ...place, key: `${prefix}.upcall-doctor-${ports.newId()}` })
  const kinds = listBucketPreflights(profiles)
  const refusals = new Map<string, Text>()
  const hidden = new Set<string>()
  const sent = origins.flatMap((origin) =>
    kinds.map(async (kind) => {
      const result = await sendPreflight(context, { ...kind, url, origin })
      if (result.kind === 'refused') refusals.set(origin, result.words)
      else for (const name of EXPOSED) if (!result.exposed.includes(name)) hidden.add(name)
    }),
  )
  await Promise.all(sent)
  const rule = buildCorsRule(origins, [...new Set(kinds.map(({ method }) => method))])
  if (refusals.size > 0) {
    return [
      fail('cors.bucket', {
        what: text(
          `The bucket lets no page upload from ${describe(refusals, 'en')}.`,
          `Bucket 不允许以下来源的页面上传：${describe(refusals, 'zh')}。`,
        ),
        why: text('Browsers do not send the file then.', '浏览器会因此不发送文件。'),
        fix: text(
          `Add this rule (console: Content Security → CORS), before any other that names the origin:\n${rule}`,
          `添加以下规则（控制台“数据安全 → 跨域设置”），放在其他匹配该来源的规则之前：\n${rule}`,
        ),
        details: { origins: [...refusals.keys()].join(' '), rule },
      }),
    ]
  }
  const allowed = ok(
    'cors.bucket',
    text(
      `Pages of ${origins.join(', ')} may upload to the bucket.`,
      `${origins.join('、')} 的页面可以上传到 Bucket。`,
    ),
  )
  if (hidden.size === 0) {
    return [allowed, ok('cors.exposed', text('Checksums can be read.', '可以读取校验和。'))]
  }
  const names = [...hidden].sort().join(', ')
  return [
    allowed,
    warn('cors.exposed', {
      what: text(`The CORS rule does not expose ${names}.`, `跨域规则没有暴露 ${names}。`),
      why: text(
        'Pages ask the service for the checksums of parts then, and errors lack the request id.',
        '页面只能向服务查询分片校验和，错误信息中也没有请求 ID。',
      ),
      fix: text(
        `Add both ExposeHeader lines to the rule:\n${rule}`,
        `在规则中加上这两个 ExposeHeader:\n${rule}`,
      ),
      details: { headers: names, rule },
    }),
  ]
}

async function checkServiceCors(context: DoctorContext, origins: readonly string[]) {
  const { publicUrl } = context
  const own = new URL(publicUrl).origin
  const foreign = origins.filter((origin) => origin !== own)
  if (foreign.length === 0) return []
  const refusals = new Map<string, Text>()
  const sent = foreign.map(async (origin) => {
    const headers = ['authorization', 'content-type', 'idempotency-key']
    const preflight = { url: `${publicUrl}/uploads`, origin, method: 'POST', headers }
    const result = await sendPreflight(context, preflight)
    if (result.kind === 'refused') refusals.set(origin, result.words)
  })
  await Promise.all(sent)
  if (refusals.size === 0) {
    return [ok('cors.service', text('Pages may ask for tickets.', '页面可以获取上传凭据。'))]
  }
  return [
    fail('cors.service', {
      what: text(
        `The service gives pages no ticket: ${describe(refusals, 'en')}.`,
        `页面无法从服务获取上传凭据：${describe(refusals, 'zh')}。`,
      ),
      why: text('No upload can begin there.', '这些页面无法开始上传。'),
      fix: text(
        'Restart the service with these UPCALL_ALLOWED_ORIGINS, and let the proxy in front pass OPTIONS and add no CORS headers of its own.',
        '用这里的 UPCALL_ALLOWED_ORIGINS 重启服务；前面的代理要放行 OPTIONS，且不要自行添加跨域响应头。',
      ),
      details: { origins: [...refusals.keys()].join(' ') },
    }),
  ]
}

/** Without allowed origins, the pages are the service's own. */
function listOrigins({ config, publicUrl }: DoctorContext): string[] {
  const { allowedOrigins = [] } = config
  const named = allowedOrigins.filter((origin) => origin !== '*')
  const origins = named.length < allowedOrigins.length ? [...named, ANY_ORIGIN] : named
  return origins.length === 0 ? [new URL(publicUrl).origin] : origins.slice(0, MAX_ORIGINS)
}

export function checkBucketOrigins(context: DoctorContext): Promise<Finding[]> {
  return checkBucketCors(context, listOrigins(context))
}

export function checkServiceOrigins(context: DoctorContext): Promise<Finding[]> {
  return checkServiceCors(context, listOrigins(context))
}
