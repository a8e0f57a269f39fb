/** Who is signed in: a cookie names a row of `sessions`. Replace this file by your own sign-in. */

import { env } from 'cloudflare:workers'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const SESSION_SECONDS = 7 * 24 * 3600
const COOKIE = 'session'

const toSeconds = (ms: number): number => Math.floor(ms / 1000)
const hash = (text: string): Uint8Array => createHash('sha256').update(text).digest()

function readCookie(request: Request): string {
  return /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
}

/** @param value empty to end the session */
function writeCookie(value: string): Response {
  const isSecure = env.UPCALL_PUBLIC_URL?.startsWith('https:')
  const age = value === '' ? 0 : SESSION_SECONDS
  const cookie = `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}`
  const headers = { 'set-cookie': isSecure ? `${cookie}; Secure` : cookie }
  return new Response(null, { status: 204, headers })
}

/** `APP_USERS` is name:password, separated by commas. */
function isUser(name: string, password: string): boolean {
  const given = hash(`${name}:${password}`)
  const users = (env.APP_USERS ?? '').split(',').map((user) => user.trim())
  return users.some((user) => /^[^:]+:./.test(user) && timingSafeEqual(hash(user), given))
}

/** @returns the name, or nothing when nobody is signed in */
export async function findUser(request: Request): Promise<string | undefined> {
  const row = await env.DB.prepare('SELECT user FROM sessions WHERE id = ? AND expires > ?')
    .bind(readCookie(request), toSeconds(Date.now()))
    .first<{ user: string }>()
  return row?.user
}

async function signIn(request: Request): Promise<Response> {
  // Forms of other sites cannot send this type.
  const isJson = request.headers.get('content-type')?.startsWith('application/json')
  const body: unknown = isJson ? await request.json().catch(() => ({})) : {}
  const { name, password } = body as { name?: unknown; password?: unknown }
  if (typeof name !== 'string' || typeof password !== 'string' || !isUser(name, password)) {
    return Response.json({ message: 'Name or password is wrong.' }, { status: 401 })
  }
  const id = randomBytes(32).toString('base64url')
  await env.DB.prepare('INSERT INTO sessions VALUES (?, ?, ?)')
    .bind(id, name, toSeconds(Date.now()) + SESSION_SECONDS)
    .run()
  return writeCookie(id)
}

async function signOut(request: Request): Promise<Response> {
  await env.DB.prepare('DELETE FROM sessions WHERE id = ?').bind(readCookie(request)).run()
  return writeCookie('')
}

/** `/api/session`: POST signs in, DELETE signs out. */
export const session = {
  async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') return signIn(request)
    if (request.method === 'DELETE') return signOut(request)
    return new Response(null, { status: 405 })
  },
}
