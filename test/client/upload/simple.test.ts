import { describe, expect, it, vi } from 'vitest'
import { createRun } from '../../../client/http/run.ts'
import type { TransportRequest } from '../../../client/options.ts'
import { buildForm, buildPut, createSimple, sendSimple } from '../../../client/upload/simple.ts'
import type { FormTicket, PutTicket } from '../../../src/signer/ticket.ts'
import { createResponse } from '../../support/fake-transport.ts'

const facts = { id: 'i', key: 'k', session: 's', expiresAt: '' }
const form: FormTicket = {
  ...facts,
  kind: 'form',
  url: 'https://oss.test/',
  fields: { key: 'k', policy: 'p', 'x:seal': 'line 1\nline 2', success_action_status: '200' },
}
const put: PutTicket = {
  ...facts,
  kind: 'put',
  url: 'https://oss.test/k',
  headers: { 'Content-Type': 'a/b' },
}

async function send(file: Blob, ticket: FormTicket | PutTicket) {
  const requests: TransportRequest[] = []
  const sent: number[] = []
  const run = createRun(file, { endpoint: '', profile: '' }, async (request) => {
    requests.push(request)
    // Fields and boundaries are 500 bytes here.
    for (const bytes of [200, 500, 600, 500 + file.size]) request.onSent?.(bytes, 500 + file.size)
    return createResponse(200)
  })
  await sendSimple(
    run,
    ticket,
    ticket.kind === 'form' ? buildForm(file, ticket) : buildPut(file, ticket),
    (bytes) => sent.push(bytes),
    () => {},
  )
  const [request] = requests
  if (!request) throw new Error('Nothing was sent.')
  return { request, sent }
}

describe('a form', () => {
  it('has the fields in their order and the file last, without its name on this disk', async () => {
    const { request } = await send(new File(['abc'], '/home/me/secret.txt'), form)
    const entries = [...(request.body as FormData)]
    expect(entries.map(([name]) => name)).toEqual([...Object.keys(form.fields), 'file'])
    const file = entries.at(-1)?.[1] as File
    expect([file.name, await file.text()]).toEqual(['file', 'abc'])
    expect(request).toMatchObject({ method: 'POST', url: form.url })
  })

  it.each([
    ['below 256 KiB', 256 * 1024 - 1, false],
    ['of 256 KiB', 256 * 1024, true],
  ])('%s: watches the upload (and so needs a preflight): %s', async (_, size, expected) => {
    const { request } = await send(new Blob([new Uint8Array(size)]), form)
    expect(request.onSent !== undefined).toBe(expected)
  })

  it('counts the bytes of the file only', async () => {
    const size = 2 ** 18
    const { sent } = await send(new Blob([new Uint8Array(size)]), form)
    expect(sent).toEqual([0, 0, 100, size])
  })
})

describe('a PUT', () => {
  it('has the ticket’s headers and an untyped body: the browser adds no type of its own', async () => {
    const { request } = await send(new File(['abc'], 'a.txt', { type: 'text/plain' }), put)
    expect(request).toMatchObject({ method: 'PUT', url: put.url, headers: put.headers })
    expect((request.body as Blob).type).toBe('')
    expect(await (request.body as Blob).text()).toBe('abc')
  })
})

describe('a file in one request', () => {
  const sending = { onSent: () => {}, onStored: () => {} }
  const run = (crc64: string | undefined) =>
    createRun(new Blob(['abc']), { endpoint: '', profile: '' }, async () => ({
      ...createResponse(200),
      header: () => crc64,
    }))

  it.each([
    ['the sum that OSS has, too', '1', '1'],
    ['no sum of OSS: CORS may hide it', undefined, '1'],
    ['no sum of its own: checksums are off', '1', undefined],
  ])('is delivered with %s', async (_, stored, own) => {
    const work = createSimple(new Blob(['abc']), form, own ? Promise.resolve(own) : undefined)
    const delivered = await work.send(run(stored), sending)
    expect(delivered.delivery).toBe('done')
    expect(await work.combine()).toBe(own)
  })

  it.each([
    ['the file itself when it is small and its sum is compared', 2 ** 18 - 1, '1', 0],
    ['a slice of a larger file', 2 ** 18, '1', 1],
    ['a slice of a file whose sum is not compared', 3, undefined, 1],
  ])('sends in a form %s', async (_, size, own, slices) => {
    const file = new Blob([new Uint8Array(size)])
    const slice = vi.spyOn(file, 'slice')
    const work = createSimple(file, form, own ? Promise.resolve(own) : undefined)
    await work.send(run('1'), sending)
    expect(slice).toHaveBeenCalledTimes(slices)
  })

  it('fails when OSS has other bytes than were read', async () => {
    const work = createSimple(new Blob(['abc']), put, Promise.resolve('2'))
    const error = { code: 'CHECKSUM_MISMATCH', retryable: true }
    await expect(work.send(run('1'), sending)).rejects.toMatchObject(error)
  })
})
