import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromUtf8, toUtf8 } from '../../src/protocol/bytes.ts'
import { issuePost } from '../../src/signer/issue-post.ts'
import { issuePut } from '../../src/signer/issue-put.ts'
import { encodeTicketList, formatTicket } from '../../src/signer/ticket-text.ts'
import { createProfile, createUpload, ISSUER, SIGNING } from '../support/samples.ts'

/** With all that JSON escapes, and more. */
const ODD = '"\\\u0000\u001f\u2028\u2029</script>\n\t假日 🏖 é'

describe('a ticket as JSON', () => {
  it('has every member of a form ticket, whatever the page sent', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    const profile = createProfile({ vars: ['album', 'note'] })
    fc.assert(
      fc.property(text, text, text, text, (name, subject, album, note) => {
        const vars = { album, note }
        const ticket = issuePost(createUpload({ name, subject, vars }), profile, ISSUER, SIGNING)
        expect(JSON.parse(formatTicket(ticket))).toStrictEqual(ticket)
      }),
    )
  })

  it('is JSON for texts that JSON escapes', () => {
    const profile = createProfile({ vars: ['note'], contentDisposition: 'attachment' })
    const upload = createUpload({ name: ODD, subject: ODD, key: ODD, vars: { note: ODD } })
    const credentials = { ...SIGNING.credentials, securityToken: ODD }
    const ticket = issuePost(upload, profile, ISSUER, { ...SIGNING, credentials })
    const text = formatTicket(ticket)
    expect(JSON.parse(text)).toStrictEqual(ticket)
    expect(text.length).toBe(JSON.stringify(ticket).length)
  })

  it('is JSON for an upload of a direct profile, with a trace and with declared checksums', () => {
    const callback = { url: 'https://app.example.com/cb', bodyType: 'application/json' } as const
    const profile = createProfile({ vars: ['note'], callback })
    const upload = createUpload({
      vars: { note: ODD },
      contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
      crc64: '123',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    })
    const ticket = issuePost(upload, profile, ISSUER, SIGNING)
    expect(JSON.parse(formatTicket(ticket))).toStrictEqual(ticket)
  })

  it('is what JSON.stringify makes of a ticket of another kind', () => {
    const ticket = issuePut(createUpload({ name: ODD }), createProfile(), ISSUER, SIGNING)
    expect(formatTicket(ticket)).toBe(JSON.stringify(ticket))
  })

  it('has no variable that could replace a field of the signer', () => {
    for (const name of ['seal', 'id', 'name']) {
      expect(() => createProfile({ vars: [name] })).toThrow()
    }
  })
})

describe('a list of tickets as bytes', () => {
  const form = (name: string) => issuePost(createUpload({ name }), createProfile(), ISSUER, SIGNING)
  const put = issuePut(createUpload({ name: ODD }), createProfile(), ISSUER, SIGNING)
  const refusal = {
    error: { code: 'TYPE_REFUSED', message: ODD, requestId: 'req-1', retryable: false },
  }

  it.each([
    ['nothing', []],
    ['one', [form('a.txt')]],
    ['forms, another kind and refusals', [form(ODD), refusal, put, form('夏天 🏖.png'), refusal]],
  ])('has every member: %s', (_, tickets) => {
    const bytes = encodeTicketList({ tickets })
    expect(JSON.parse(fromUtf8(bytes))).toStrictEqual({ tickets })
    // Nothing but the order of members differs from the plain form.
    expect(bytes.length).toBe(toUtf8(JSON.stringify({ tickets })).length)
  })
})
