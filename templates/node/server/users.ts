/** Who is signed in: a cookie names a row of `sessions`. Replace this file by your own sign-in. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { getDatabase } from './database.ts'

const SESSION_SECONDS = 7 * 24 * 3600
const COOKIE = 'session'

const toSeconds = (ms: number): number => Math.floor(ms / 1000)
const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

function readCookie(request: Request): string {
  return /(?:^|; )session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
}

/** @param value empty to end the session */
function writeCookie(value: string): Response {
  const isSecure = process.env.UPCALL_PUBLIC_URL?.startsWith('https:')
  const age = value === '' ? 0 : SESSION_SECONDS
  const cookie = `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}`
  const headers = { 'set-cookie': isSecure ? `${cookie}; Secure` : cookie }
  return new Response(null, { status: 204, headers })
}

/** `APP_USERS` is name:password, separated by commas. */
function isUser(name: string, password: string): boolean {
  const given = hash(`${name}:${password}`)
  const users = (process.env.APP_USERS ?? '').split(',').map((user) => user.trim())
  return users.some((user) => /^[^:]+:./.test(user) && timingSafeEqual(hash(user), given))
}

/** @returns the name, or nothing when nobody is signed in */
export function findUser(request: Request): string | undefined {
  const row = getDatabase()
    .prepare('SELECT user FROM sessions WHERE id = ? AND expires > ?')
    .get(readCookie(request), toSeconds(Date.now()))
  return row && String(row.user)
}

async function signIn(request: Request): Promise<Response> {
  // Forms of other sites cannot send this type.
  const isJson = request.headers.get('content-type')?.startsWith('application/json')
  const { name, password } = isJson ? await request.json().catch(() => ({})) : {}
  if (typeof name !== 'string' || typeof password !== 'string' || !isUser(name, password)) {
    return Response.json({ message: 'Name or password is wrong.' }, { status: 401 })
  }
  const id = randomBytes(32).toString('base64url')
  getDatabase()
    .prepare('INSERT INTO sessions VALUES (?, ?, ?)')
    .run(id, name, toSeconds(Date.now()) + SESSION_SECONDS)
  return writeCookie(id)
}

function signOut(request: Request): Response {
  getDatabase().prepare('DELETE FROM sessions WHERE id = ?').run(readCookie(request))
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
