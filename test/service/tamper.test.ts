/**
 * A page that wants more than its ticket allows. Each attempt is refused by the local OSS  OSS, which reads the manual for
 * itself; nothing is stored, and the service hears nothing.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toBase64 } from '../../src/protocol/bytes.ts'
import type { FormTicket, MultipartTicket, PutTicket } from '../../src/signer/ticket.ts'
import {
  buildBytes,
  buildComplete,
  buildForm,
  buildPart,
  buildPut,
  createServiceWithEmulator,
  type ServiceWithEmulator,
  sendParts,
} from '../support/service-with-emulator.ts'

const TEXT = new TextEncoder().encode('hello')
const MORE = new TextEncoder().encode('hello!')
const IMAGE = {
  profile: 'avatar',
  name: 'me.png',
  type: 'image/png',
  size: 5,
  vars: { album: 'a' },
}
const FILE = buildBytes(250_000)
const PARTS = {
  profile: 'any',
  name: 'a.bin',
  type: 'video/mp4',
  size: FILE.length,
  method: 'multipart',
  partSize: 102_400,
} as const

/** A callback to a server of the page's own. */
const OWN_CALLBACK = toBase64(
  JSON.stringify({ callbackUrl: 'https://evil.example.com/', callbackBody: 'a=1' }),
)

let setup: ServiceWithEmulator

beforeEach(() => {
  setup = createServiceWithEmulator()
})

afterEach(() => {
  expect(setup.receipts).toEqual([])
  expect(setup.callbacks).toEqual([])
})

/** Status and OSS's error code, e.g. `403 AccessDenied`. */
async function send(request: Request): Promise<string> {
  const response = await setup.oss.fetch(request)
  const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? ''
  return `${response.status} ${code}`.trim()
}

describe('a form', () => {
  const change = async (
    bend: (fields: Record<string, string>) => void,
    file: Uint8Array<ArrayBuffer> = TEXT,
  ) => {
    const ticket = await setup.order<FormTicket>(IMAGE)
    const fields = { ...ticket.fields }
    bend(fields)
    return send(buildForm({ ...ticket, fields }, file))
  }

  it.each<[string, (fields: Record<string, string>) => void]>([
    [
      'another key',
      (fields) => {
        fields.key = 'avatars/user-43/x.png'
      },
    ],
    [
      'the file’s own name in the key',
      (fields) => {
        fields.key += '${filename}'
      },
    ],
    [
      'another type',
      (fields) => {
        fields['x-oss-content-type'] = 'text/html'
      },
    ],
    [
      'no type of ours, but its own',
      (fields) => {
        delete fields['x-oss-content-type']
        fields['Content-Type'] = 'text/html'
      },
    ],
    [
      'the callback dropped',
      (fields) => {
        delete fields.callback
      },
    ],
    [
      'the callback replaced',
      (fields) => {
        fields.callback = OWN_CALLBACK
      },
    ],
    [
      'the callback emptied',
      (fields) => {
        fields.callback = ''
      },
    ],
    [
      'a variable changed',
      (fields) => {
        fields['x:album'] = 'b'
      },
    ],
    [
      'a variable dropped',
      (fields) => {
        delete fields['x:album']
      },
    ],
    [
      'the name changed',
      (fields) => {
        fields['x:name'] = 'other.png'
      },
    ],
    [
      'the seal dropped',
      (fields) => {
        delete fields['x:seal']
      },
    ],
    [
      'the id changed',
      (fields) => {
        fields['x-oss-meta-upcall-id'] = 'B'
      },
    ],
    [
      'the id dropped',
      (fields) => {
        delete fields['x-oss-meta-upcall-id']
      },
    ],
    [
      'another status wished for',
      (fields) => {
        fields.success_action_status = '204'
      },
    ],
    [
      'the policy dropped',
      (fields) => {
        delete fields.policy
      },
    ],
    [
      'a policy of its own',
      (fields) => {
        fields.policy = toBase64(
          '{"expiration":"2030-01-01T00:00:00.000Z","conditions":[{"bucket":"examplebucket"}]}',
        )
      },
    ],
    [
      'no signature at all',
      (fields) => {
        for (const name in fields)
          if (/^(?:policy|x-oss-(?:sig|cred|date))/.test(name)) delete fields[name]
      },
    ],
  ])('with %s is refused', async (_, bend) => {
    expect(await change(bend)).toMatch(
      /^40[03] (?:AccessDenied|InvalidArgument|SignatureDoesNotMatch)$/,
    )
  })

  it('with a larger or smaller file is refused', async () => {
    expect(await change(() => {}, MORE)).toBe('400 EntityTooLarge')
    expect(await change(() => {}, TEXT.slice(1))).toBe('400 EntityTooSmall')
  })

  it('with an ACL of its own is refused where the profile sets one', async () => {
    const profiles = { own: { key: 'o/{id}', types: ['*'], maxSize: 10, acl: 'private' as const } }
    setup = createServiceWithEmulator({ profiles })
    const order = { ...IMAGE, profile: 'own', vars: {} }
    const ticket = await setup.order<FormTicket>(order)
    const fields = { ...ticket.fields, 'x-oss-object-acl': 'public-read' }
    expect(await send(buildForm({ ...ticket, fields }, TEXT))).toBe('403 AccessDenied')
    const put = await setup.order<PutTicket>({ ...order, method: 'put' })
    const headers = { ...put.headers, 'x-oss-object-acl': 'public-read' }
    expect(await send(buildPut({ ...put, headers }, TEXT))).toBe('403 SignatureDoesNotMatch')
  })

  it('after its time is refused', async () => {
    const ticket = await setup.order<FormTicket>(IMAGE)
    setup.clock.advance(901)
    expect(await send(buildForm(ticket, TEXT))).toBe('403 AccessDenied')
  })

  it('with the seal of another upload is refused', async () => {
    const other = await setup.order<FormTicket>({ ...IMAGE, name: 'other.png' })
    const seal = other.fields['x:seal'] ?? ''
    expect(
      await change((fields) => {
        fields['x:seal'] = seal
      }),
    ).toBe('403 AccessDenied')
  })
})

describe('a PUT', () => {
  const order = () => setup.order<PutTicket>({ ...IMAGE, method: 'put' })

  it('of another length is refused', async () => {
    expect(await send(buildPut(await order(), MORE))).toBe('403 SignatureDoesNotMatch')
  })

  it.each<[string, Record<string, string>]>([
    ['another type', { 'Content-Type': 'text/html' }],
    ['another id', { 'x-oss-meta-upcall-id': 'B' }],
    ['an ACL of its own', { 'x-oss-object-acl': 'public-read' }],
    ['a storage class of its own', { 'x-oss-storage-class': 'Archive' }],
    ['metadata of its own', { 'x-oss-meta-more': 'x' }],
    ['a callback header of its own', { 'x-oss-callback': OWN_CALLBACK }],
  ])('with %s is refused', async (_, headers) => {
    const ticket = await order()
    const request = buildPut({ ...ticket, headers: { ...ticket.headers, ...headers } }, TEXT)
    expect(await send(request)).toMatch(/^40[03] (?:SignatureDoesNotMatch|InvalidArgument)$/)
  })

  it.each<[string, (url: URL) => void]>([
    [
      'another key',
      (url) => {
        url.pathname = '/avatars/user-43/x.png'
      },
    ],
    [
      'another bucket',
      (url) => {
        url.hostname = url.hostname.replace('examplebucket', 'otherbucket')
      },
    ],
    ['the callback dropped', (url) => url.searchParams.delete('callback')],
    ['the variables dropped', (url) => url.searchParams.delete('callback-var')],
    ['the callback replaced', (url) => url.searchParams.set('callback', OWN_CALLBACK)],
    [
      'the variables replaced',
      (url) => url.searchParams.set('callback-var', toBase64('{"x:seal":""}')),
    ],
    ['a longer life', (url) => url.searchParams.set('x-oss-expires', '90000')],
    ['the length unsigned', (url) => url.searchParams.delete('x-oss-additional-headers')],
    ['a sub-resource', (url) => url.searchParams.set('append', '')],
  ])('with %s is refused', async (_, bend) => {
    const ticket = await order()
    const url = new URL(ticket.url)
    bend(url)
    expect(await send(buildPut({ ...ticket, url: url.href }, TEXT))).toMatch(/^40[0345] /)
  })

  it('used for another method, or after its time, is refused', async () => {
    const ticket = await order()
    const { headers } = ticket
    for (const method of ['GET', 'DELETE', 'POST']) {
      expect(await send(new Request(ticket.url, { method, headers }))).toMatch(/^40[035] /)
    }
    setup.clock.advance(901)
    expect(await send(buildPut(ticket, TEXT))).toBe('403 AccessDenied')
  })

  it('over an object that may not be overwritten is refused, also without the header', async () => {
    const fixed = {
      profile: 'fixed',
      name: 'a.txt',
      type: 'text/plain',
      size: 5,
      method: 'put',
    } as const
    // Stored without a callback, so that the handler stays out of this.
    const silent = createServiceWithEmulator(
      {},
      { faults: { onCallback: () => ({ kind: 'unreachable' }) } },
    )
    const first = await silent.order<PutTicket>(fixed)
    expect((await silent.oss.fetch(buildPut(first, TEXT))).status).toBe(203)
    const second = await silent.order<PutTicket>(fixed)
    expect((await silent.oss.fetch(buildPut(second, TEXT))).status).toBe(409)
    const { 'x-oss-forbid-overwrite': _, ...headers } = second.headers
    expect((await silent.oss.fetch(buildPut({ ...second, headers }, TEXT))).status).toBe(403)
  })
})

describe('an upload in parts', () => {
  it('with a part of another size is refused', async () => {
    const ticket = await setup.order<MultipartTicket>(PARTS)
    const bent = (partSize: number) => buildPart({ ...ticket, partSize }, 1, FILE)
    expect(await send(bent(102_401))).toBe('403 SignatureDoesNotMatch')
    expect(await send(bent(102_399))).toBe('403 SignatureDoesNotMatch')
    expect(await send(bent(102_400))).toBe('200')
  })

  it('with the URL of one part used for another number is refused', async () => {
    const ticket = await setup.order<MultipartTicket>(PARTS)
    const [first] = ticket.parts
    const url = first?.url.replace('partNumber=1&', 'partNumber=7&') ?? ''
    expect(url).not.toBe(first?.url)
    const parts = [{ partNumber: 1, url }]
    expect(await send(buildPart({ ...ticket, parts }, 1, FILE))).toBe('403 SignatureDoesNotMatch')
  })

  it.each<[string, (url: URL) => void]>([
    ['without the callback', (url) => url.searchParams.delete('callback')],
    [
      'without both',
      (url) => {
        url.searchParams.delete('callback')
        url.searchParams.delete('callback-var')
      },
    ],
    ['with another callback', (url) => url.searchParams.set('callback', OWN_CALLBACK)],
    [
      'with other variables',
      (url) => url.searchParams.set('callback-var', toBase64('{"x:name":"n"}')),
    ],
  ])('completed %s is refused', async (_, bend) => {
    const ticket = await setup.order<MultipartTicket>(PARTS)
    const url = new URL(ticket.complete.url)
    bend(url)
    const complete = { ...ticket.complete, url: url.href }
    const response = await sendParts(setup.oss, { ...ticket, complete }, FILE)
    expect(response.status).toBe(403)
  })

  it('completed by a list of its own parts, or with headers of its own, is refused', async () => {
    const ticket = await setup.order<MultipartTicket>(PARTS)
    const { url, headers } = ticket.complete
    expect(await send(buildPart(ticket, 1, FILE))).toBe('200')
    const complete = (more: RequestInit) => send(new Request(url, { method: 'POST', ...more }))
    expect(await complete({ headers: {} })).toBe('403 SignatureDoesNotMatch')
    expect(await complete({ headers: { ...headers, 'x-oss-callback': OWN_CALLBACK } })).toMatch(
      /^40[03] /,
    )
    const body =
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>'
    expect(await complete({ headers, body })).toMatch(/^40[03] /)
  })

  it('completed too early is stored short, and never believed', async () => {
    const ticket = await setup.order<MultipartTicket>(PARTS)
    expect(await send(buildPart(ticket, 1, FILE))).toBe('200')
    const response = await setup.oss.fetch(buildComplete(ticket))
    expect(response.status).toBe(203)
    expect(setup.callbacks).toHaveLength(1)
    setup.callbacks.length = 0
    const confirmed = await setup.ask('/uploads/confirm', { session: ticket.session })
    expect(confirmed.status).toBe(409)
  })

  it('aborted by a page without the session is refused', async () => {
    const ticket = await setup.order<MultipartTicket>(PARTS)
    const url = ticket.complete.url
    expect(await send(new Request(url, { method: 'DELETE' }))).toBe('403 SignatureDoesNotMatch')
  })
})
