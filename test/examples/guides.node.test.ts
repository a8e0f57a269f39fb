/**
 * The programs of `docs/examples/guides`, which docs/guides shows: services on sockets before the local OSS. clamd is a
 * stand-in that reads INSTREAM as its manual describes it. Over 200 lines: one task after the other.
 */
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createAvatars } from '../../docs/examples/guides/avatar.ts'
import { scanWithClamd } from '../../docs/examples/guides/clamd.ts'
import { createModeratedPictures, type Picture } from '../../docs/examples/guides/moderation.ts'
import { createPrivateFiles, type StoredFile } from '../../docs/examples/guides/private-files.ts'
import { createTenantUploads } from '../../docs/examples/guides/tenants.ts'
import { createScannedUploads, type ScannedFile } from '../../docs/examples/guides/virus-scan.ts'
import { startGuideSetup } from '../support/guides.ts'
import { listCodeBlocks } from '../support/markdown.ts'

const EICAR = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'
const guides = startGuideSetup()

it('every program is shown by a guide as it is, and every guide shows programs', () => {
  const files = globSync('docs/examples/guides/*.ts').map((path) => readFileSync(path, 'utf8'))
  const pages = globSync('docs/guides/*.md', { exclude: ['docs/guides/README.md'] })
  const shown = pages.map((page) =>
    listCodeBlocks(page).filter(({ language }) => language === 'ts'),
  )
  expect(pages.length).toBeGreaterThanOrEqual(7)
  expect(shown.filter((blocks) => blocks.length === 0)).toEqual([])
  const codes = shown.flat().map(({ code }) => code)
  expect(codes.toSorted()).toEqual(files.toSorted())
})

describe('avatar', () => {
  it('deletes the former one, keeps the newest, and gives a URL of a small one', async () => {
    const avatars = new Map<string, { key: string; at: Date }>()
    const endpoint = await guides.serve((settings) =>
      createAvatars(
        settings,
        {
          async setAvatar(userId, avatar) {
            const former = avatars.get(userId)
            if (former && former.key === avatar.key) return undefined
            if (former && former.at > avatar.at) return avatar.key
            avatars.set(userId, avatar)
            return former?.key
          },
        },
        guides.oss,
      ),
    )
    const first = await guides.send(endpoint, 'avatar')
    expect(await guides.exists(first.key)).toBe(true)
    const second = await guides.send(endpoint, 'avatar', { name: 'b.png' })
    expect(second.response.url).toContain('x-oss-process=image%2Fresize%2Cm_fill%2Cw_200%2Ch_200')
    expect(avatars.get('ann')?.key).toBe(second.key)
    expect([await guides.exists(first.key), await guides.exists(second.key)]).toEqual([false, true])
    await expect(guides.send(endpoint, 'avatar', { type: 'text/html' })).rejects.toMatchObject({
      remoteCode: 'TYPE_REFUSED',
    })
  })
})

describe('private files', () => {
  it('can be read by their owner alone, under their own name', async () => {
    const files = new Map<string, StoredFile>()
    let read: ReturnType<typeof createPrivateFiles>['read'] | undefined
    const endpoint = await guides.serve((settings) => {
      const created = createPrivateFiles(
        settings,
        {
          async add(file) {
            files.set(file.id, files.get(file.id) ?? file)
          },
          find: async (id) => files.get(id),
        },
        guides.oss,
      )
      read = created.read
      return created.uploads
    })
    const { id, response } = await guides.send(endpoint, 'file', {
      name: '合同.pdf',
      type: 'text/plain',
    })
    expect(response).toEqual({ url: `/files/${id}` })
    const own = await read?.(id, 'ann')
    expect(own?.status).toBe(302)
    const file = await fetch(own?.headers.get('location') ?? '')
    expect(await file.text()).toBe('照片')
    expect(file.headers.get('content-disposition')).toContain(encodeURIComponent('合同.pdf'))
    expect((await read?.(id, 'bob'))?.status).toBe(404)
    expect((await read?.('none', 'ann'))?.status).toBe(404)
  })
})

describe('moderation', () => {
  it('shows nothing before it is allowed, and deletes what is refused', async () => {
    const pictures = new Map<string, Picture>()
    let moderated: ReturnType<typeof createModeratedPictures> | undefined
    const endpoint = await guides.serve((settings) => {
      const table = {
        async add(picture: Picture) {
          if (!pictures.has(picture.id)) pictures.set(picture.id, picture)
        },
        find: async (id: string) => pictures.get(id),
        async decide(id: string, status: 'published' | 'refused') {
          const picture = pictures.get(id)
          if (picture?.status !== 'waiting') return false
          pictures.set(id, { ...picture, status })
          return true
        },
      }
      moderated = createModeratedPictures(settings, table, guides.oss)
      return moderated.uploads
    })
    const good = await guides.send(endpoint, 'picture')
    const bad = await guides.send(endpoint, 'picture', { name: 'b.png' })
    expect(good.response.status).toBe('waiting')
    expect(await moderated?.show(good.id)).toBeUndefined()
    const preview = await fetch((await moderated?.preview(good.id)) ?? '')
    expect(await preview.text()).toBe('照片')
    await moderated?.decide(good.id, true)
    await moderated?.decide(bad.id, false)
    // A second decision changes nothing.
    await moderated?.decide(bad.id, true)
    await moderated?.decide(good.id, false)
    expect((await fetch((await moderated?.show(good.id)) ?? '')).status).toBe(200)
    expect(await moderated?.show(bad.id)).toBeUndefined()
    expect([await guides.exists(good.key), await guides.exists(bad.key)]).toEqual([true, false])
  })
})

describe('virus scan', () => {
  /** Reads INSTREAM: lengths of four bytes, big-endian, then as many bytes; a length of 0 ends it. */
  async function startClamd(respond: (content: string) => string) {
    const daemon = createServer((socket) => {
      let bytes = Buffer.alloc(0)
      socket.on('error', () => {})
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk])
        const command = 'zINSTREAM\0'
        let at = command.length
        let content = ''
        while (bytes.length >= at + 4) {
          const length = bytes.readUInt32BE(at)
          if (length === 0) {
            expect(bytes.toString('utf8', 0, command.length)).toBe(command)
            socket.end(respond(content))
            return
          }
          content += bytes.toString('utf8', at + 4, at + 4 + length)
          at += 4 + length
        }
      })
    }).listen(0, '127.0.0.1')
    await once(daemon, 'listening')
    const address = daemon.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    return { host: '127.0.0.1', port, stop: () => daemon.close() }
  }

  it('lets clean files be read, deletes infected ones, and asks again what failed', async () => {
    const files = new Map<string, ScannedFile>()
    let isReady = false
    const clamd = await startClamd((content) => {
      if (!isReady) return 'INSTREAM: Loading database. ERROR\0'
      return content.includes('EICAR') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0'
    })
    let scanned: ReturnType<typeof createScannedUploads> | undefined
    const endpoint = await guides.serve((settings) => {
      const table = {
        async add(file: ScannedFile) {
          if (!files.has(file.id)) files.set(file.id, file)
        },
        find: async (id: string) => files.get(id),
        listWaiting: async () => [...files.values()].filter(({ status }) => status === 'waiting'),
        async setStatus(id: string, status: 'clean' | 'infected') {
          const file = files.get(id)
          if (file) files.set(id, { ...file, status })
        },
      }
      scanned = createScannedUploads(settings, table, guides.oss, (bytes) =>
        scanWithClamd(bytes, clamd),
      )
      return scanned.uploads
    })
    const clean = await guides.send(endpoint, 'document', { content: 'x'.repeat(300_000) })
    const infected = await guides.send(endpoint, 'document', { name: 'b.com', content: EICAR })
    const error = console.error
    const errors: unknown[] = []
    console.error = (...words) => errors.push(words)
    await scanned?.scanWaiting()
    console.error = error
    expect(errors).toHaveLength(2)
    expect(await scanned?.read(clean.id, 'ann')).toBeUndefined()
    isReady = true
    await scanned?.scanWaiting()
    clamd.stop()
    expect([...files.values()].map(({ status }) => status)).toEqual(['clean', 'infected'])
    expect((await fetch((await scanned?.read(clean.id, 'ann')) ?? '')).status).toBe(200)
    expect(await scanned?.read(clean.id, 'bob')).toBeUndefined()
    expect(await scanned?.read(infected.id, 'ann')).toBeUndefined()
    expect([await guides.exists(clean.key), await guides.exists(infected.key)]).toEqual([
      true,
      false,
    ])
  })

  it('throws when nobody listens', async () => {
    async function* listBytes() {
      yield new TextEncoder().encode('one')
    }
    const nobody = { host: '127.0.0.1', port: 1 }
    await expect(scanWithClamd(listBytes(), nobody)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('tenants', () => {
  it('have prefixes and limits of their own, and cannot touch each other’s uploads', async () => {
    const used = new Map<string, number>()
    const endpoint = await guides.serve((settings) =>
      createTenantUploads(settings, {
        countBytesLeft: async (tenant) => 10 - (used.get(tenant) ?? 0),
        async addFile(tenant, { size }) {
          used.set(tenant, (used.get(tenant) ?? 0) + size)
        },
      }),
    )
    const acme = await guides.send(endpoint, 'document', { as: 'acme:ann' })
    const other = await guides.send(endpoint, 'document', { as: 'other/acme:ann' })
    expect(acme.key).toMatch(/^tenants\/acme\/ann\/[\w-]{22}\.png$/)
    expect(other.key).not.toMatch(/^tenants\/(acme|other\/)/)
    expect(Object.fromEntries(used)).toEqual({ acme: 6, 'other/acme': 6 })
    await expect(guides.send(endpoint, 'document', { as: 'acme:bob' })).rejects.toMatchObject({
      remoteCode: 'TENANT_FULL',
    })
    await expect(
      guides.send(endpoint, 'document', { as: 'third:eve', vars: { tenant: 'acme' } }),
    ).rejects.toMatchObject({ remoteCode: 'VAR_REFUSED' })
  })
})
