import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildClient, type ClientFile } from '../../src/dev/build-client.ts'

let folder = ''
let files: ClientFile[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'client-'))
  files = await buildClient(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function find(name: string): ClientFile {
  const file = files.find((one) => one.name === name)
  if (!file) throw new Error(`No ${name}.`)
  return file
}

describe('the built client', () => {
  it.each([
    ['form.mjs', 2800],
    ['client.mjs', 7000],
    ['client.js', 7000],
  ])('%s has at most %i bytes in gzip', (name, budget) => {
    expect(find(name).gzipBytes).toBeLessThanOrEqual(budget)
  })

  it('lies under its plain names and under names with its hash', () => {
    const names = readdirSync(folder)
    for (const { name, hashedName, code } of files) {
      expect(hashedName).toMatch(/^[a-z-]+\.[0-9a-f]{8}\.m?js$/)
      expect(readFileSync(join(folder, name), 'utf8')).toBe(code)
      expect(names).toContain(hashedName)
    }
  })

  it('fetches the checksum by the name that never changes its content', () => {
    for (const name of ['client.js', 'client.mjs']) {
      expect(find(name).code).toContain(`import(\`./${find('checksum.mjs').hashedName}\`)`)
    }
  })

  it('has every language in a file of its own, by the name that never changes its content', () => {
    const { code } = find('element-languages.mjs')
    for (const language of ['ar', 'de', 'es', 'fr', 'ja', 'ko', 'pt', 'zh-tw']) {
      const { hashedName, gzipBytes } = find(`element-${language}.mjs`)
      expect(code).toContain(`import(\`./${hashedName}\`)`)
      expect(gzipBytes).toBeLessThanOrEqual(800)
    }
    for (const name of ['languages', 'picture', 'sources', 'walk']) {
      const { hashedName } = find(`element-${name}.mjs`)
      expect(find('element.mjs').code).toContain(`import(\`./${hashedName}\`)`)
    }
  })

  it('as a script sets one global with the public names', () => {
    const page = createContext({})
    runInContext(find('client.js').code, page)
    const names = runInContext('Object.keys(Upcall).sort().join()', page)
    expect(names).toBe('UploadError,createUploader,findPreviousUploads,upload')
    expect(runInContext('Object.keys(globalThis).join()', page)).toBe('Upcall')
  })

  it('keeps every word of the options and the wire', () => {
    const { code } = find('client.mjs')
    for (const word of [
      ...['endpoint', 'profile', 'headers', 'vars', 'method', 'partSize', 'concurrency', 'signal'],
      ...['retryDelays', 'stallTimeoutMs', 'checksum', 'storage', 'fingerprint', 'onProgress'],
      ...['onStateChange', 'onRetry', 'transport', 'pause', 'resume', 'abort', 'percentage'],
      ...['etaSeconds', 'retryable', 'requestId', 'session', 'partNumbers', 'partCount', 'fields'],
      ...['complete', 'getItem', 'setItem', 'removeItem', 'createdAt', 'findPreviousUploads'],
    ]) {
      expect(code, word).toMatch(new RegExp(`\\b${word}\\b`))
    }
  })

  it('may be loaded by any page, and its hashed files for ever', () => {
    const rules = readFileSync(join(folder, '_headers'), 'utf8')
    for (const { name, hashedName } of files) {
      expect(rules).toContain(`/${name}\n  Access-Control-Allow-Origin: *\n`)
      expect(rules).toMatch(new RegExp(`/${hashedName}\n(  .*\n)*  Cache-Control: .*immutable`))
    }
  })
})
