/** A complete environment, as the entry points read it. */
import {
  ACCESS_KEY,
  CALLBACK_KEY,
  JWT_AUDIENCE,
  JWT_ISSUER,
  JWT_SECRET,
  UPCALL_SECRET,
} from './keys.ts'
import { PROFILES } from './service-with-stub-oss.ts'

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  OSS_BUCKET: 'examplebucket',
  OSS_REGION: 'cn-hangzhou',
  OSS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
  OSS_ACCESS_KEY_SECRET: ACCESS_KEY.accessKeySecret,
  UPCALL_SECRET,
  UPCALL_PUBLIC_URL: 'https://api.example.com',
  UPCALL_PROFILES: JSON.stringify(PROFILES),
  UPCALL_JWT_SECRET: JWT_SECRET,
  UPCALL_JWT_ISSUER: JWT_ISSUER,
  UPCALL_JWT_AUDIENCE: JWT_AUDIENCE,
  UPCALL_WEBHOOK_URL: 'none',
  UPCALL_ALLOWED_ORIGINS: 'https://www.example.com, https://admin.example.com',
  UPCALL_CALLBACK_KEYS: JSON.stringify({ [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }),
}

/** The same without some variables, and with others. */
export function changeEnvironment(
  changes: Record<string, string | undefined>,
): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...changes })) {
    if (value !== undefined) env[name] = value
  }
  return env
}
