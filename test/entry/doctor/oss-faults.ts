/** Faults of settings, OSS, the key and the bucket. */
import { allow, CORS_RULE, deny, PAGE } from '../../support/doctor-setup.ts'
import { ACCESS_KEY } from '../../support/keys.ts'
import {
  atHost,
  CALLBACK_LOST,
  cutAt,
  type Fault,
  inDays,
  NO_UPLOAD,
  OSS_HOST,
  PROFILES,
  page,
  withBucket,
} from './fault.ts'

export const SETTING_FAULTS: readonly Fault[] = [
  {
    name: 'two settings are missing',
    plant: { env: { UPCALL_SECRET: undefined, OSS_REGION: 'oss-cn-hangzhou' } },
    finds: { settings: 'fail' },
  },
  {
    name: 'a profile trusts signatures',
    plant: {
      env: {
        UPCALL_PROFILES: JSON.stringify({
          ...PROFILES,
          loose: { ...PROFILES.avatar, trustCallbackSignature: true },
        }),
      },
    },
    finds: { 'settings.risk': 'warn' },
  },
]

export const OSS_FAULTS: readonly Fault[] = [
  {
    name: 'the name of the endpoint does not resolve',
    plant: cutAt(OSS_HOST, 'ENOTFOUND'),
    finds: { 'oss.connect': 'fail', ...NO_UPLOAD },
    details: { hop: 'dns' },
  },
  {
    name: 'a firewall drops connections to OSS',
    plant: cutAt(OSS_HOST, 'UND_ERR_CONNECT_TIMEOUT'),
    finds: { 'oss.connect': 'fail', ...NO_UPLOAD },
    details: { hop: 'connect' },
  },
  {
    name: 'a middlebox breaks TLS',
    plant: cutAt(OSS_HOST, 'SELF_SIGNED_CERT_IN_CHAIN'),
    finds: { 'oss.connect': 'fail', ...NO_UPLOAD },
    details: { hop: 'tls' },
  },
  {
    name: 'a captive portal responds instead of OSS',
    plant: atHost(OSS_HOST, page),
    finds: { 'oss.connect': 'fail', ...NO_UPLOAD },
    says: /is not OSS/,
  },
  {
    name: 'OSS is down',
    plant: { oss: { faults: { onRequest: () => ({ kind: 'error', status: 503 }) } } },
    finds: { 'oss.connect': 'fail', ...NO_UPLOAD },
    details: { status: '503' },
  },
  {
    name: 'the clock is 20 minutes ahead',
    plant: {
      clockAheadSeconds: 1200,
      env: { UPCALL_WEBHOOK_URL: 'none', UPCALL_BEFORE_URL: undefined },
    },
    finds: { 'oss.clock': 'fail', ...NO_UPLOAD },
    details: { seconds: '1200' },
  },
  {
    name: 'the clock is a minute behind',
    plant: { clockAheadSeconds: -60 },
    finds: { 'oss.clock': 'warn' },
    details: { seconds: '-60' },
  },
  {
    name: 'the AccessKey does not exist',
    plant: { env: { OSS_ACCESS_KEY_ID: 'LTAIgone' } },
    finds: { 'oss.credentials': 'fail', ...NO_UPLOAD },
    details: { code: 'InvalidAccessKeyId' },
  },
  {
    name: 'the secret is of another AccessKey',
    plant: { env: { OSS_ACCESS_KEY_SECRET: 'PLANTED-wrong-secret' } },
    finds: { 'oss.credentials': 'fail', ...NO_UPLOAD },
    details: { code: 'SignatureDoesNotMatch' },
    says: /without spaces or quotes/,
  },
  {
    name: 'the token of STS has expired',
    plant: {
      env: { OSS_SESSION_TOKEN: 'PLANTED-token' },
      oss: {
        accessKeys: [{ ...ACCESS_KEY, securityToken: 'PLANTED-token', expiresAt: inDays(-1) }],
      },
    },
    finds: { 'oss.credentials': 'fail', 'settings.risk': 'warn', ...NO_UPLOAD },
  },
  {
    name: 'STS gives no credentials',
    plant: {
      env: {
        ALIBABA_CLOUD_ROLE_ARN: 'acs:ram::1000000000000000:role/upcall',
        UPCALL_STS_ENDPOINT: 'http://127.0.0.1:1',
      },
    },
    finds: { 'oss.credentials': 'fail', ...NO_UPLOAD },
    says: /UNREACHABLE/,
  },
  {
    name: 'the bucket is in another region',
    plant: withBucket({ region: 'cn-beijing' }),
    finds: { 'oss.region': 'fail', ...NO_UPLOAD },
    says: /cn-beijing/,
  },
  {
    name: 'the region of a custom domain is wrong',
    plant: {
      env: {
        OSS_ENDPOINT: 'https://examplebucket.oss-accelerate.aliyuncs.com',
        OSS_ADDRESSING: 'cname',
      },
      bucket: { region: 'cn-beijing', domains: ['examplebucket.oss-accelerate.aliyuncs.com'] },
    },
    finds: { 'oss.region': 'fail', ...NO_UPLOAD },
  },
  {
    name: 'the bucket does not exist',
    plant: { env: { OSS_BUCKET: 'anotherbucket' } },
    finds: { 'oss.bucket': 'fail', ...NO_UPLOAD },
  },
  {
    name: 'the internal endpoint cannot be reached',
    plant: {
      env: { OSS_INTERNAL_ENDPOINT: 'https://oss-cn-hangzhou-internal.aliyuncs.com' },
      ...cutAt('examplebucket.oss-cn-hangzhou-internal.aliyuncs.com', 'ETIMEDOUT'),
    },
    finds: { 'oss.internal': 'not-checked' },
  },
]

export const KEY_FAULTS: readonly Fault[] = [
  {
    name: 'the key may not store',
    plant: { policy: [deny('oss:PutObject')] },
    finds: { 'permission.put': 'fail', 'upload.stored': 'fail', 'upload.callback': 'not-checked' },
    says: /examplebucket\/avatars\/\*/,
  },
  {
    name: 'the key may store under one prefix only',
    plant: {
      policy: [{ ...deny('oss:PutObject'), Resource: 'acs:oss:*:*:examplebucket/videos/*' }],
    },
    finds: { 'permission.put': 'fail' },
    details: { prefixes: 'videos/' },
  },
  {
    name: 'the key may not HEAD',
    plant: { policy: [deny('oss:GetObject')] },
    finds: { 'permission.read': 'fail', ...CALLBACK_LOST },
  },
  {
    name: 'the key may not list parts',
    plant: { policy: [deny('oss:ListParts')] },
    finds: { 'permission.parts': 'fail' },
  },
  {
    name: 'the key may not abort',
    plant: { policy: [deny('oss:AbortMultipartUpload')] },
    finds: { 'permission.abort': 'fail' },
  },
  {
    name: 'the key may not list objects',
    plant: { policy: [deny('oss:ListObjects')] },
    finds: { 'permission.list': 'fail' },
    says: /acs:oss:\*:\*:examplebucket in/,
  },
  {
    name: 'the key may not list uploads',
    plant: { policy: [deny('oss:ListMultipartUploads')] },
    finds: { 'permission.list-uploads': 'fail' },
  },
  {
    name: 'a profile sets an ACL, and the key may not',
    plant: {
      env: {
        UPCALL_PROFILES: JSON.stringify({
          ...PROFILES,
          avatar: { ...PROFILES.avatar, acl: 'private' },
        }),
      },
    },
    finds: { 'permission.acl': 'fail' },
  },
  {
    name: 'the key may store anywhere',
    plant: { policy: [allow('oss:PutObject')] },
    finds: { 'excess.prefix': 'warn' },
  },
  {
    name: 'the key may publish objects',
    plant: { policy: [allow('oss:PutObjectAcl')] },
    finds: { 'excess.object-acl': 'warn' },
  },
  {
    name: 'the key may publish the bucket',
    plant: { policy: [allow('oss:PutBucketAcl')] },
    finds: { 'excess.bucket-acl': 'warn' },
  },
  {
    name: 'the key may change CORS',
    plant: { policy: [allow('oss:PutBucketCors')] },
    finds: { 'excess.bucket-cors': 'warn' },
  },
  {
    name: 'the key may delete',
    plant: { policy: [allow('oss:DeleteObject')] },
    finds: { 'excess.delete': 'warn' },
  },
]

export const BUCKET_FAULTS: readonly Fault[] = [
  {
    name: 'anyone may write',
    plant: withBucket({ acl: 'public-read-write' }),
    finds: { 'bucket.acl': 'fail' },
  },
  {
    name: 'anyone may read',
    plant: withBucket({ acl: 'public-read' }),
    finds: { 'bucket.acl': 'warn' },
  },
  {
    name: 'Block Public Access is off',
    plant: withBucket({ blockPublicAccess: false }),
    finds: { 'bucket.public-access': 'warn' },
  },
  {
    name: 'versioning makes forbid-overwrite void',
    plant: withBucket({ versioning: true }),
    finds: { 'bucket.versioning': 'warn' },
  },
  {
    name: 'no lifecycle rule is there',
    plant: withBucket({ lifecycle: [] }),
    finds: { 'bucket.lifecycle': 'warn' },
    details: { prefixes: 'avatars/ videos/' },
  },
  {
    name: 'the lifecycle rule is switched off, another is for other keys or for objects',
    plant: withBucket({
      lifecycle: [
        { abortMultipartUploadDays: 7, enabled: false },
        { abortMultipartUploadDays: 7, prefix: 'avatars/' },
        { expirationDays: 7 },
      ],
    }),
    finds: { 'bucket.lifecycle': 'warn' },
    details: { prefixes: 'videos/' },
  },
  {
    name: 'the key may not read the settings',
    plant: { policy: [deny('oss:GetBucket*')] },
    finds: {
      'bucket.acl': 'not-checked',
      'bucket.public-access': 'not-checked',
      'bucket.versioning': 'not-checked',
      'bucket.lifecycle': 'not-checked',
    },
    says: /oss:GetBucketAcl/,
  },
  {
    name: 'the bucket has no CORS rule',
    plant: withBucket({ cors: [] }),
    finds: { 'cors.bucket': 'fail' },
    says: /<AllowedOrigin>https:\/\/www\.example\.com<\/AllowedOrigin>/,
  },
  {
    name: 'the CORS rule is for another origin',
    plant: withBucket({ cors: [{ ...CORS_RULE, allowedOrigins: ['http://www.example.com'] }] }),
    finds: { 'cors.bucket': 'fail' },
    details: { origins: PAGE },
  },
  {
    name: 'the CORS rule lacks PUT',
    plant: withBucket({ cors: [{ ...CORS_RULE, allowedMethods: ['POST'] }] }),
    finds: { 'cors.bucket': 'fail' },
    says: /<AllowedMethod>PUT<\/AllowedMethod>/,
  },
  {
    name: 'the CORS rule lacks x-oss headers',
    plant: withBucket({ cors: [{ ...CORS_RULE, allowedHeaders: ['content-type'] }] }),
    finds: { 'cors.bucket': 'fail' },
  },
  {
    name: 'the CORS rule hides checksums',
    plant: withBucket({ cors: [{ ...CORS_RULE, exposeHeaders: ['ETag'] }] }),
    finds: { 'cors.exposed': 'warn' },
    details: { headers: 'x-oss-hash-crc64ecma, x-oss-request-id' },
  },
]
