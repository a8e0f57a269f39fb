/** Faults of the delivery, the application and others. */
import { START } from '../../support/clock.ts'
import { OTHER_SECRET } from '../../support/webhook-samples.ts'
import { cutAt, type Fault, inDays, PROFILES, page } from './fault.ts'

export const APPLICATION_FAULTS: readonly Fault[] = [
  {
    name: 'the operator has another token',
    plant: {
      env: {
        UPCALL_OPERATOR_TOKEN: 'another token of more than 32 characters'.replaceAll(' ', '-'),
      },
    },
    finds: { 'delivery.due': 'fail' },
    details: { status: '401' },
  },
  {
    name: 'there is no token of the operator',
    plant: { env: { UPCALL_OPERATOR_TOKEN: undefined } },
    finds: { 'delivery.due': 'not-checked' },
  },
  {
    name: 'receipts are in memory, and nobody is asked',
    plant: { env: { UPCALL_OPERATOR_TOKEN: undefined }, outbox: { durable: false } },
    finds: { 'delivery.due': 'not-checked', 'delivery.store': 'warn' },
  },
  {
    name: 'the store of the outbox has a problem',
    plant: { outbox: { problems: async () => ['Redis may evict receipts: set noeviction.'] } },
    finds: { 'delivery.store': 'warn' },
    says: /noeviction/,
  },
  {
    name: 'deliveries are dead',
    plant: { outbox: { stats: async () => ({ due: 0, dead: 3 }) } },
    finds: { 'delivery.dead': 'warn' },
    details: { dead: '3' },
  },
  {
    name: 'receipts wait for an hour',
    plant: {
      outbox: {
        stats: async () => ({
          due: 9,
          dead: 0,
          oldestDueAt: new Date(START.getTime() - 3_600_000),
        }),
      },
    },
    finds: { 'delivery.due': 'warn' },
    details: { due: '9', minutes: '60' },
  },
  {
    name: 'the application is not there',
    plant: cutAt('app.example.com', 'ECONNREFUSED'),
    finds: { 'webhook.connect': 'fail', 'before.connect': 'fail' },
  },
  {
    name: 'the application has another secret',
    plant: { env: { UPCALL_WEBHOOK_SECRETS: OTHER_SECRET } },
    finds: { 'webhook.event': 'fail', 'before.event': 'fail' },
    says: /UPCALL_WEBHOOK_SECRETS/,
  },
  {
    name: 'the application verifies nothing',
    plant: {
      application: {
        '/events': async () => new Response(null, { status: 204 }),
        '/before': async () => Response.json({ allow: true }),
      },
    },
    finds: { 'webhook.signature': 'fail', 'before.signature': 'fail' },
  },
  {
    name: 'the webhook is a web page',
    plant: { application: { '/events': async () => page() } },
    finds: { 'webhook.event': 'fail', 'webhook.signature': 'fail' },
    says: /web page/,
  },
  {
    name: 'the route of the webhook is missing',
    plant: { application: { '/events': async () => new Response(null, { status: 404 }) } },
    finds: { 'webhook.event': 'fail' },
    details: { status: '404' },
  },
  {
    name: 'the receiver knows no test events',
    plant: { application: { '/events': async () => new Response(null, { status: 422 }) } },
    finds: { 'webhook.event': 'warn' },
  },
  {
    name: 'the application fails',
    plant: { application: { '/events': async () => new Response(null, { status: 500 }) } },
    finds: { 'webhook.event': 'fail', 'webhook.signature': 'not-checked' },
  },
  {
    name: 'there are no keys of tokens',
    plant: { application: { '/keys': async () => Response.json({ keys: [] }) } },
    finds: { 'tokens.keys': 'fail' },
  },
  {
    name: 'a direct receiver has no certificate without SNI',
    plant: {
      env: {
        UPCALL_PROFILES: JSON.stringify({
          ...PROFILES,
          direct: {
            ...PROFILES.avatar,
            callback: { url: 'https://cb.example.com/up', sni: false },
          },
        }),
      },
      addresses: { 'cb.example.com': ['203.0.113.8'] },
      tls: ({ withName }) =>
        withName
          ? { kind: 'ok', validTo: inDays(60) }
          : { kind: 'failed', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    },
    finds: { 'direct.receiver': 'fail' },
    says: /sni: false/,
  },
  {
    name: 'a direct receiver does not resolve',
    plant: {
      env: {
        UPCALL_PROFILES: JSON.stringify({
          ...PROFILES,
          direct: { ...PROFILES.avatar, callback: { url: 'https://cb.example.com/up' } },
        }),
      },
    },
    finds: { 'direct.receiver': 'fail' },
    says: /cb\.example\.com/,
  },
]
