/** Set-ups of many kinds in which nothing is wrong. */
import { ALLOWED, allow, CORS_RULE, type DoctorSetupOptions } from '../../support/doctor-setup.ts'
import { ACCESS_KEY, UPCALL_SECRET } from '../../support/keys.ts'

const IMAGES = { types: ['image/*'], maxSize: 5_000_000 }
const TOKEN = 'PLANTED-security-token'

function withProfiles(profiles: object): DoctorSetupOptions {
  return { env: { UPCALL_PROFILES: JSON.stringify(profiles) } }
}

/** Name, set-up, and what is not ok all the same. */
export const GOOD_SETUPS: readonly [string, DoctorSetupOptions, Record<string, string>?][] = [
  [
    'pages of all origins',
    {
      env: { UPCALL_ALLOWED_ORIGINS: '*' },
      serviceEnv: { UPCALL_ALLOWED_ORIGINS: '*' },
      bucket: { cors: [{ ...CORS_RULE, allowedOrigins: ['*'] }] },
    },
  ],
  [
    'pages of the service alone',
    {
      env: { UPCALL_ALLOWED_ORIGINS: undefined },
      bucket: { cors: [{ ...CORS_RULE, allowedOrigins: ['https://api.example.com'] }] },
    },
  ],
  [
    'keys without a prefix, for which the whole bucket is allowed',
    {
      ...withProfiles({ any: { ...IMAGES, key: '{id}' } }),
      policy: [
        allow('oss:PutObject', 'oss:GetObject', 'oss:ListParts', 'oss:AbortMultipartUpload'),
      ],
    },
  ],
  [
    'a prefix in Chinese, with a space and a percent sign',
    {
      ...withProfiles({ any: { ...IMAGES, key: '图片 100%/{id}' } }),
      policy: [
        { ...allow('oss:*Object', 'oss:ListParts', 'oss:Abort*'), Resource: '*/图片 100%/*' },
      ],
    },
    { 'excess.delete': 'warn' },
  ],
  ['forms alone', withProfiles({ any: { ...IMAGES, key: 'avatars/{id}', methods: ['form'] } })],
  ['one PUT alone', withProfiles({ any: { ...IMAGES, key: 'avatars/{id}', methods: ['put'] } })],
  [
    'every header that a profile can set',
    {
      ...withProfiles({
        any: {
          ...IMAGES,
          key: 'avatars/{id}',
          storageClass: 'IA',
          acl: 'private',
          cacheControl: 'no-store',
          contentDisposition: 'inline',
        },
      }),
      policy: [{ ...allow('oss:PutObjectAcl'), Resource: 'acs:oss:*:*:examplebucket/avatars/*' }],
    },
  ],
  [
    'direct profiles alone',
    {
      ...withProfiles({
        any: { ...IMAGES, key: 'avatars/{id}', callback: { url: 'https://cb.example.com/up' } },
      }),
      addresses: { 'cb.example.com': ['203.0.113.8'] },
    },
  ],
  [
    'a secret that is being changed, where the service has the new one first',
    {
      serviceEnv: { UPCALL_SECRET: `a-new-secret-of-more-than-32-bytes-too ${UPCALL_SECRET}` },
    },
  ],
  [
    'credentials of STS',
    {
      env: { OSS_SESSION_TOKEN: TOKEN },
      serviceEnv: { OSS_SESSION_TOKEN: TOKEN },
      oss: {
        accessKeys: [{ ...ACCESS_KEY, securityToken: TOKEN, policy: { Statement: [...ALLOWED] } }],
      },
    },
    { 'settings.risk': 'warn' },
  ],
  ['no webhook', { env: { UPCALL_WEBHOOK_URL: 'none', UPCALL_BEFORE_URL: undefined } }],
  [
    'an internal endpoint',
    { env: { OSS_INTERNAL_ENDPOINT: 'https://oss-cn-hangzhou-internal.aliyuncs.com' } },
  ],
  [
    'a deployment with a name',
    { env: { UPCALL_DEPLOYMENT: 'eu' }, serviceEnv: { UPCALL_DEPLOYMENT: 'eu' } },
  ],
]
