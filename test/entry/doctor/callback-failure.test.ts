/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback, and the pages of EC 0007-000002… */
import { describe, expect, it } from 'vitest'
import { explainCallbackFailure } from '../../../src/entry/doctor/callback-failure.ts'
import { type Finding, fail, text } from '../../../src/entry/doctor/finding.ts'

const at = (id: Finding['id'], details = {}): Finding[] => [
  fail(id, { what: text('x', 'x'), why: text('x', 'x'), details }),
]

describe('a 203 of OSS', () => {
  it.each([
    ['Error status : -1.OSS can not connect to your callbackUrl, please check it.', [], 'connect'],
    ['Error status : -1.OSS can not connect to your callbackUrl.', at('public.dns'), 'dns'],
    ['Error status : 502.', at('public.tls'), 'tls'],
    ['Error status : 502.', at('public.sni'), 'sni'],
    ['Error status : 502.', at('public.http'), 'connect'],
    ['Error status : 502.', [], 'status'],
    ['Error status : -1 8.8.8.8:9090 reply timeout, cost:5000ms, timeout:5000ms', [], 'timeout'],
    ['Error status : 403.', [], 'status'],
    ['Error status : 403.', at('public.callback', { change: 'header' }), 'header'],
    ['Error status : 403.', at('public.callback', { change: 'body' }), 'body'],
    ['Error status : 403.', at('public.callback', { change: 'secret' }), 'secret'],
    ['Response body is not valid json format.', [], 'response'],
    ['Error Status : 400.User server missing content-length.', [], 'response'],
    ['', [], 'connect'],
  ])('%s ends at a hop', (message, seen, hop) => {
    expect(explainCallbackFailure(message, seen)).toMatchObject({ hop })
  })
})
