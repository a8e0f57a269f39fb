import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../../../src/emulator/app.ts'
import { createDiskStorage } from '../../../src/emulator/storage/disk-store.ts'
import { signRequest } from '../../../src/protocol/index.ts'
import { BUCKET, bytesOf, KEY, NOW, REGION, readElement } from '../emulator-with-client.ts'
import { readBlob, testStorage, writeBlob } from '../storage-contract.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('storage in a temporary folder', () => {
  testStorage(() => createDiskStorage())

  it('is gone when it is closed', async () => {
    const before = new Set(readdirSync(tmpdir()))
    const storage = createDiskStorage()
    const [made] = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('upcall-oss-') && !before.has(name),
    )
    expect(made).toBeDefined()
    await writeBlob(storage, 'a')
    await storage.close()
    expect(existsSync(join(tmpdir(), made ?? ''))).toBe(false)
  })
})

describe('storage in a given folder', () => {
  testStorage(() => createDiskStorage({ folder: makeFolder() }))

  it('has its records again after a restart, the last value of each', async () => {
    const folder = makeFolder()
    const first = createDiskStorage({ folder })
    await first.load()
    await Promise.all([
      first.save([
        ['a', 1],
        ['b', { c: [] }],
      ]),
      first.save([['a', 2]]),
      first.save([
        ['b', undefined],
        ['d', '中'],
      ]),
    ])
    await first.close()
    const second = createDiskStorage({ folder })
    expect(await second.load()).toEqual([
      ['a', 2],
      ['d', '中'],
    ])
    await second.save([['e', 3]])
    await second.close()
    const third = createDiskStorage({ folder })
    expect(await third.load()).toEqual([
      ['a', 2],
      ['d', '中'],
      ['e', 3],
    ])
    await third.close()
  })

  it('drops a line that a crash cut short, and all of its changes', async () => {
    const folder = makeFolder()
    const first = createDiskStorage({ folder })
    await first.load()
    await first.save([['a', 1]])
    await first.close()
    appendFileSync(join(folder, 'journal.ndjson'), '[["b",2],["c"')
    const second = createDiskStorage({ folder })
    expect(await second.load()).toEqual([['a', 1]])
    await second.close()
  })

  it('deletes blobs that no record names', async () => {
    const folder = makeFolder()
    const storage = createDiskStorage({ folder })
    const [kept, lost] = [await writeBlob(storage, 'kept'), await writeBlob(storage, 'lost')]
    await storage.keepOnly(new Set([kept]))
    expect(readdirSync(join(folder, 'blobs'))).toEqual([kept])
    expect(await readBlob(storage, kept, 0, 4)).toBe('kept')
    expect(lost).not.toBe(kept)
    await storage.close()
  })

  it('leaves no file of an upload that was discarded', async () => {
    const folder = makeFolder()
    const storage = createDiskStorage({ folder })
    const writer = storage.createBlob()
    for (let at = 0; at < 40; at += 1) await writer.write(new Uint8Array(100_000))
    await writer.discard()
    expect(readdirSync(join(folder, 'blobs'))).toEqual([])
    await storage.close()
  })
})

describe('a local OSS with its data in a folder', () => {
  function open(folder: string) {
    const emulator = createEmulator({
      accessKeys: [KEY],
      buckets: [BUCKET],
      now: () => NOW,
      storage: createDiskStorage({ folder }),
    })
    const send = (
      method: string,
      key: string,
      query: Record<string, string> = {},
      body?: BodyInit,
    ) => {
      const { url, headers } = signRequest(
        { method, bucket: BUCKET, region: REGION, query, ...(key && { key }) },
        { credentials: KEY, now: NOW },
      )
      return emulator.fetch(
        new Request(url, { method, headers, ...(body !== undefined && { body }) }),
      )
    }
    return { emulator, send }
  }

  it('goes on after a restart: objects, uploads in progress, CORS rules', async () => {
    const folder = makeFolder()
    const first = open(folder)
    await first.send('PUT', 'a/中 "x"', {}, bytesOf('kept'))
    await first.send('PUT', 'gone', {}, bytesOf('x'))
    await first.send('DELETE', 'gone')
    const started = await (await first.send('POST', 'big', { uploads: '' })).text()
    const uploadId = readElement(started, 'UploadId')
    await first.send('PUT', 'big', { uploadId, partNumber: '1' }, bytesOf('part'))
    const rules =
      '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>'
    await first.send('PUT', '', { cors: '' }, bytesOf(rules))
    await first.emulator.close()

    const second = open(folder)
    expect(await (await second.send('GET', 'a/中 "x"')).text()).toBe('kept')
    expect((await second.send('GET', 'gone')).status).toBe(404)
    expect(await (await second.send('GET', '', { cors: '' })).text()).toContain(
      '<AllowedOrigin>*</AllowedOrigin>',
    )
    const listed = await (await second.send('GET', 'big', { uploadId })).text()
    const found = readElement(listed, 'ETag').replaceAll('&quot;', '"')
    const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${found}</ETag></Part></CompleteMultipartUpload>`
    expect((await second.send('POST', 'big', { uploadId }, bytesOf(xml))).status).toBe(200)
    expect(await (await second.send('GET', 'big')).text()).toBe('part')
    await second.emulator.close()
  })

  it('that cannot be read fails each request, not the process', async () => {
    const folder = makeFolder()
    const { emulator, send } = open(folder)
    await emulator.ready()
    rmSync(join(folder, 'blobs'), { recursive: true })
    const failed = await send('PUT', 'a', {}, bytesOf('x'))
    expect([failed.status, readElement(await failed.text(), 'Code')]).toEqual([
      500,
      'InternalError',
    ])
    expect(emulator.log.requests.at(-1)?.detail).toContain('ENOENT')
    expect((await send('GET', 'a')).status).toBe(404)
  })
})
