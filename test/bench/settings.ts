/** The service under load: its settings, and tokens and bodies that it accepts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { ServiceOptions } from '../../src/service/create-service.ts'
import type { Profile } from '../../src/signer/profile.ts'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, UPCALL_SECRET } from '../support/keys.ts'
import { CREDENTIALS } from './samples.ts'

export interface ServiceKind {
  profiles: number
  /** Public key as JWK; without it, tokens are HS256. */
  publicKey?: JWK
}

const JWKS_URL = 'https://login.example.com/jwks.json'

/** The name of the last of `count` profiles: a search through a list finds it last. */
export function nameProfile(count: number): string {
  return `profile-${count}`
}

export function buildProfiles(count: number): Record<string, Profile> {
  const profile: Profile = {
    key: 'avatars/{sub}/{id}.{ext}',
    types: ['image/*', 'video/mp4'],
    maxSize: 5e9,
  }
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [nameProfile(at + 1), profile]),
  )
}

export async function createBenchSettings({
  profiles,
  publicKey,
}: ServiceKind): Promise<ServiceOptions> {
  const about = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE }
  return {
    bucket: 'examplebucket',
    region: 'cn-hangzhou',
    credentials: CREDENTIALS,
    secret: UPCALL_SECRET,
    publicUrl: 'https://uploads.example.com',
    allowedOrigins: ['https://www.example.com'],
    profiles: buildProfiles(profiles),
    // Counted, but never reached.
    rateLimits: { subjectPerMinute: 1e9, addressPerMinute: 1e9 },
    auth: publicKey ? { ...about, jwksUrl: JWKS_URL } : { ...about, secret: JWT_SECRET },
    // The keys of the tokens, and an OSS that opens every multipart upload at once.
    fetch: async (input) =>
      String(input instanceof Request ? input.url : input) === JWKS_URL
        ? Response.json({ keys: [publicKey] })
        : new Response(
            '<InitiateMultipartUploadResult><Bucket>examplebucket</Bucket><Key>k</Key><UploadId>0004B9894A22E5B1888A1E29F8236E2D</UploadId></InitiateMultipartUploadResult>',
            { headers: { 'content-type': 'application/xml' } },
          ),
  }
}

/** `fresh` tokens: one a user, and more than the service caches, so that none is found in its cache. */
export const FRESH_TOKENS = 8000

export interface TokenMaker {
  publicKey?: JWK
  make(subject: string): Promise<string>
}

export async function createTokenMaker(alg: 'HS256' | 'ES256'): Promise<TokenMaker> {
  const pair = alg === 'ES256' ? await generateKeyPair('ES256', { extractable: true }) : undefined
  const key = pair?.privateKey ?? new TextEncoder().encode(JWT_SECRET)
  const publicKey = pair && { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg, use: 'sig' }
  // What is issued must be readable before it is measured.
  if (publicKey) await importJWK(publicKey, alg)
  return {
    ...(publicKey && { publicKey }),
    make: (subject) =>
      new SignJWT({ name: 'A User', scope: 'upload' })
        .setProtectedHeader(publicKey ? { alg, kid: 'k1' } : { alg })
        .setIssuer(JWT_ISSUER)
        .setAudience(JWT_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime('2h')
        .sign(key),
  }
}

/** Files for wrk, in a folder that goes when the process does. */
export function createFolder(): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return (name, text) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
}

export async function makeTokens(maker: TokenMaker, count: number): Promise<string> {
  const tokens: string[] = []
  for (let at = 0; at < count; at += 1) tokens.push(await maker.make(`user-${at}`))
  return tokens.join('\n')
}

export function buildBody(profile: string, size = 1000): string {
  return JSON.stringify({ profile, name: 'photo of the sea.png', type: 'image/png', size })
}
