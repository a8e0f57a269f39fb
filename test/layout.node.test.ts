/**
 * The plan of the house, executed: which room may import what, and what the lower floors never say.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const arithmetic = /^src\/protocol\/(bytes|crypto|crc64|crc64-engine)\.ts$/
const hono = /^hono(\/|$)/
const xmlParser = /^@rgrove\/parse-xml$/

/** Room → what its files may import. A name of one file as the room overrules the folder's row. */
const mayImport: Record<string, RegExp[]> = {
  'src/protocol': [/^src\/protocol\//],
  'src/protocol/crypto.ts': [/^src\/protocol\//, /^node:crypto$/],
  'src/protocol/crypto-aead.ts': [/^src\/protocol\//, /^node:crypto$/],
  'src/protocol/xml.ts': [/^src\/protocol\//, xmlParser],
  'src/signer': [/^src\/(protocol|signer)\//],
  'src/webhook': [
    /^src\/webhook\//,
    /^src\/protocol\/(bytes|crypto)\.ts$/,
    /^type src\/signer\/accept-callback\.ts$/,
  ],
  'src/service': [
    /^src\/(protocol|signer|service)\//,
    /^src\/webhook\/(event|signature)\.ts$/,
    hono,
    /^(jose|valibot)$/,
  ],
  'src/emulator': [/^src\/emulator\//, arithmetic, hono, xmlParser],
  'src/emulator/storage/disk-store.ts': [/^src\/emulator\//, arithmetic, /^node:/],
  'src/emulator/listen.ts': [/^src\/emulator\//, /^node:/, /^@hono\/node-server/],
  'src/emulator/node/messages.ts': [/^src\/emulator\//, /^type node:http$/],
  'src/emulator/node/chunked-with-length.ts': [/^node:stream$/, /^type node:http$/],
  'src/emulator/callback/node-transport.ts': [/^src\/emulator\//, /^node:/],
  'src/entry': [/^src\//],
  'src/dev': [/^src\//],
  'src/entry/node.ts': [/^src\//],
  'src/entry/node-server.ts': [/^src\//, /^node:/, /^@hono\/node-server/],
  'src/entry/node-rate-limiters.ts': [/^src\//, /^ioredis$/],
  'src/dev/build-client.ts': [/^src\//, /^node:/, /^esbuild$/],
  'src/dev/server.ts': [/^src\//, /^node:/, /^@hono\/node-server/],
  'src/dev/demo-routes.ts': [/^src\//, /^node:/, hono, /^(jose|esbuild)$/],
  'src/entry/client-files.ts': [/^src\//, /^node:/],
  'src/entry/outbox-sqlite.ts': [/^src\//, /^node:/],
  'src/entry/node-sql.ts': [/^src\//, /^type node:sqlite$/],
  'src/entry/cli.ts': [/^src\//, /^node:/],
  'src/entry/outbox-bullmq.ts': [/^src\//, /^bullmq$/],
  'src/entry/bullmq/engine.ts': [/^src\//, /^type bullmq$/],
  'src/entry/bullmq/job.ts': [/^src\//, /^type bullmq$/],
  'src/entry/bullmq/redis.ts': [/^src\//, /^ioredis$/],
  'src/entry/bullmq/postgres.ts': [/^src\//, /^pg$/],
  'client/uppy.ts': [/^client\//, /^type @uppy\/core$/],
  client: [
    /^client\//,
    /^src\/protocol\/(crc64|crc64-engine|part-plan)\.ts$/,
    /^type src\/signer\/ticket\.ts$/,
  ],
}

const rooms = Object.keys(mayImport).filter((name) => !name.endsWith('.ts'))
const imports =
  /^(?:import|export) (type )?[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm

function listFiles(room: string): string[] {
  return readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name))
}

function listImports(file: string): { type: string; target: string }[] {
  return [...readFileSync(file, 'utf8').matchAll(imports)].map(
    ([, type = '', from, bare, lazy]) => {
      const spec = from ?? bare ?? lazy ?? ''
      return { type, target: spec.startsWith('.') ? normalize(join(dirname(file), spec)) : spec }
    },
  )
}

const sources = rooms.flatMap(listFiles)

describe('the house', () => {
  it.each(rooms)('%s imports only what the house allows', (room) => {
    for (const file of listFiles(room)) {
      const rules = mayImport[file] ?? mayImport[room] ?? []
      for (const { type, target } of listImports(file)) {
        const allowed = rules.some((rule) => rule.test(target) || rule.test(type + target))
        expect(allowed, `${file} imports ${target}`).toBe(true)
      }
    }
  })

  it('has no file over 300 lines', () => {
    for (const file of sources) {
      expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThanOrEqual(301)
    }
  })

  it('keeps clock, chance and network out of protocol and signer', () => {
    const forbidden = /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\brandomUUID\b|\bfetch\(/
    for (const file of sources.filter((name) => /^src\/(protocol|signer)\//.test(name))) {
      expect(readFileSync(file, 'utf8'), file).not.toMatch(forbidden)
    }
  })

  it('keeps Buffer and process at the doors', () => {
    const atTheDoors =
      /^src\/(entry|dev)\/|^src\/emulator\/(storage\/disk-store|listen|node\/chunked-with-length)\.ts$/
    for (const file of sources.filter((name) => !atTheDoors.test(name))) {
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/\bBuffer\b|\bprocess\./)
    }
  })

  it('writes down no impossible state', () => {
    for (const file of sources) {
      expect(readFileSync(file, 'utf8'), file).not.toMatch(
        /@ts-(expect-error|ignore)|: any\b|as any\b/,
      )
    }
  })

  it('mirrors every file with behaviour', () => {
    const wordsOnly =
      /\/(index|errors|ticket|options|deps|delivery\/(outbox|store))\.ts$|^client\/options\.ts$|\/demo\/|^src\/(entry|dev)\//
    for (const file of sources.filter((name) => !wordsOnly.test(name))) {
      const path = file.replace(/^src\//, '').replace(/\.ts$/, '')
      const found = ['', '.node', '.workerd'].some((kind) =>
        existsSync(`test/${path}${kind}.test.ts`),
      )
      expect(found, `${file} has no test/${path}.test.ts`).toBe(true)
    }
  })
})
