import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runOperatorCommand } from '../../src/entry/operator-commands.ts'
import { createHandlerDeliver } from '../../src/service/delivery/deliver.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import { DeliveryError } from '../../src/service/delivery/outbox.ts'
import { buildReceipt } from '../service/delivery/outbox-contract.ts'
import { createServiceWithStubOss } from '../support/service-with-stub-oss.ts'

const UPCALL_OPERATOR_TOKEN = 'an-operator-token-of-more-than-32-characters'
let isDown = true
const outbox = createMemoryOutbox({
  deliver: createHandlerDeliver(() => {
    if (isDown) throw new DeliveryError('DELIVERY_GONE', 'The application is gone.')
    return { ok: true }
  }),
})
const LISTING = `<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`
const UPLOADS = `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`
const { service } = createServiceWithStubOss(
  { outbox, operatorToken: UPCALL_OPERATOR_TOKEN },
  (request) => new Response(request.url.includes('uploads') ? UPLOADS : LISTING),
)
let server: Server
let env: Record<string, string>

beforeAll(async () => {
  server = serve({ fetch: service.fetch, hostname: '127.0.0.1', port: 0 }) as Server
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  env = { UPCALL_PUBLIC_URL: `http://127.0.0.1:${port}`, UPCALL_OPERATOR_TOKEN }
})
afterAll(() => server.close())

describe('the commands of the operator', () => {
  it('list the dead and replay them', async () => {
    expect(await runOperatorCommand('dead', ['list'], env)).toBe('No delivery is dead.\n')
    await outbox.accept(buildReceipt('up-1'), 1000)
    expect(await runOperatorCommand('dead', ['list'], env)).toMatch(
      /up-1 {2}stored, 1 attempts: The application is gone\./,
    )
    isDown = false
    expect(await runOperatorCommand('dead', ['replay', 'up-1'], env)).toMatch(/^up-1 is due again/)
    await expect.poll(async () => (await outbox.read('up-1'))?.state).toBe('done')
    await expect(runOperatorCommand('dead', ['replay', 'up-1'], env)).rejects.toThrow('NOT_FOUND')
  })

  it('sweep', async () => {
    const text = await runOperatorCommand('sweep', ['--older-than', '60'], env)
    expect(JSON.parse(text)).toMatchObject({ listed: 0, accepted: 0, failed: 0 })
  })

  it.each<[string, 'dead' | 'sweep', string[], object]>([
    ['wants list', 'dead', [], {}],
    ['wants list', 'dead', ['replay'], {}],
    ['--older-than', 'sweep', ['--older-than', 'x'], {}],
    ['--url is missing', 'sweep', [], { UPCALL_PUBLIC_URL: '' }],
    ['UPCALL_OPERATOR_TOKEN is missing', 'sweep', [], { UPCALL_OPERATOR_TOKEN: '' }],
    ['TOKEN_INVALID', 'sweep', [], { UPCALL_OPERATOR_TOKEN: 'wrong' }],
    ['cannot be reached', 'sweep', ['--url', 'http://127.0.0.1:1'], {}],
  ])('say what is wrong: %s', async (words, command, args, more) => {
    await expect(runOperatorCommand(command, args, { ...env, ...more })).rejects.toThrow(words)
  })

  it('print their help', async () => {
    expect(await runOperatorCommand('dead', ['--help'], {})).toMatch(/upcall dead replay/)
  })
})
