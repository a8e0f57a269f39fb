/** The whole way: sign in, upload to the local OSS, its callback, the row in the database, the page's list. */
import assert from 'node:assert/strict'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { uploadFile } from 'oss-upcall/node'
import { type Application, startDevelopment } from '../local/dev.ts'

/** A picture of one pixel. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const folder = mkdtempSync(join(tmpdir(), 'app-'))
const log = join(folder, 'server.log')
let app: Application

before(async () => {
  const output = openSync(log, 'w')
  try {
    app = await startDevelopment({ port: 0, folder: join(folder, 'data'), output })
  } catch (error) {
    console.error(readFileSync(log, 'utf8'))
    throw error
  }
})
after(async () => {
  await app?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function signIn(name: string, password: string): Promise<Response> {
  return fetch(`${app.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  })
}

async function getCookie(name: string): Promise<string> {
  const response = await signIn(name, name)
  assert.equal(response.status, 204)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

function upload(name: string, headers: Record<string, string>) {
  const path = join(folder, name)
  writeFileSync(path, PHOTO)
  return uploadFile(path, { endpoint: `${app.url}/api/files`, profile: 'photos', headers })
}

async function listPhotos(cookie: string) {
  const response = await fetch(`${app.url}/api/photos`, { headers: { cookie } })
  return response.json()
}

test('a photo is stored, recorded once, and readable for its user alone', async () => {
  const cookie = await getCookie('alice')
  const { key, response } = await upload('海边.png', { cookie })
  assert.match(key, /^photos\/alice\/[\w-]+\.png$/)
  const { id } = response as { id: string }
  assert.deepEqual(response, { id, key, name: '海边.png', size: PHOTO.length })
  assert.deepEqual(await listPhotos(cookie), { user: 'alice', photos: [response] })

  const address = `${app.url}/api/files/objects/url?redirect&key=${encodeURIComponent(key)}`
  const stored = await fetch(address, { headers: { cookie } })
  assert.deepEqual(Buffer.from(await stored.arrayBuffer()), PHOTO)

  const other = await getCookie('bob')
  assert.deepEqual(await listPhotos(other), { user: 'bob', photos: [] })
  assert.equal((await fetch(address, { headers: { cookie: other } })).status, 404)
})

test('nobody uploads without a session, and no session is given for a wrong password', async () => {
  await assert.rejects(upload('a.png', {}), { remoteCode: 'UNAUTHENTICATED' })
  assert.equal((await signIn('alice', 'wrong')).status, 401)
  assert.equal((await fetch(`${app.url}/api/photos`)).status, 401)
})

test('files that are no pictures are refused', async () => {
  const cookie = await getCookie('alice')
  await assert.rejects(upload('a.txt', { cookie }), { remoteCode: 'TYPE_REFUSED' })
})

test('signing out ends the session', async () => {
  const cookie = await getCookie('alice')
  const response = await fetch(`${app.url}/api/session`, { method: 'DELETE', headers: { cookie } })
  assert.equal(response.status, 204)
  assert.equal((await fetch(`${app.url}/api/photos`, { headers: { cookie } })).status, 401)
})
