import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readOwnParts } from '../../../src/entry/doctor/own-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'upcall-own-parts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const PHOTOS = { photos: { key: 'photos/{id}', types: ['image/*'], maxSize: 1000 } }
const text = JSON.stringify(PHOTOS)

describe('what the code of a program brings', () => {
  it.each([
    ['a module', '配置.mjs', `export const profiles = ${text}`],
    ['a module in TypeScript', 'own.ts', `export const profiles: object = ${text}`],
    ['JSON', 'own.json', text],
  ])('has profiles from %s', async (_, name, content) => {
    const own = await readOwnParts(write(name, content), {})
    expect(own.profiles).toEqual(PHOTOS)
    expect(Object.keys(own).sort()).toEqual(['authenticate', 'onReceipt', 'profiles'])
  })

  it('has users and receiver only where no variable says otherwise', async () => {
    const path = write('plain.json', text)
    const keysOf = async (env: Record<string, string>) =>
      Object.keys(await readOwnParts(path, env)).sort()
    expect(await keysOf({ UPCALL_JWT_SECRET: 'x' })).toEqual(['onReceipt', 'profiles'])
    expect(await keysOf({ UPCALL_JWT_SECRET_FILE: '/x' })).toEqual(['onReceipt', 'profiles'])
    expect(await keysOf({ UPCALL_JWKS_URL: 'https://x' })).toEqual(['onReceipt', 'profiles'])
    expect(await keysOf({ UPCALL_WEBHOOK_URL: 'none' })).toEqual(['authenticate', 'profiles'])
    expect(await keysOf({ UPCALL_WEBHOOK_URL: ' ', UPCALL_JWT_SECRET: '' })).toHaveLength(3)
  })

  it.each([
    ['is not there', join(folder, 'none.ts'), /--profiles .*none\.ts cannot be read/],
    ['is no JSON', write('broken.json', '{'), /cannot be read/],
    ['throws', write('throws.mjs', 'throw new Error("PLANTED")'), /cannot be read/],
    ['exports nothing', write('empty.mjs', ''), /exports no `profiles`/],
    ['is null', write('null.json', 'null'), /exports no `profiles`/],
  ])('cannot come from a file that %s', async (_, path, words) => {
    await expect(readOwnParts(path, {})).rejects.toThrow(words)
    await expect(readOwnParts(path, {})).rejects.not.toThrow('PLANTED')
  })
})
