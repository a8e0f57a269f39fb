/** Faults of the service, of what is in front of it, and of the callback. */
import { START } from '../../support/clock.ts'
import { networkError } from '../../support/doctor-setup.ts'
import {
  CALLBACK_LOST,
  changing,
  type Fault,
  inDays,
  onlyFromOss,
  page,
  proxyOf,
  without,
} from './fault.ts'

export const SERVICE_FAULTS: readonly Fault[] = [
  {
    name: 'the service knows other origins',
    plant: { serviceEnv: { UPCALL_ALLOWED_ORIGINS: 'https://other.example.com' } },
    finds: { 'cors.service': 'fail' },
  },
  {
    name: 'a proxy responds to preflights itself',
    plant: {
      proxy: async (request, service) =>
        request.method === 'OPTIONS' ? new Response(null, { status: 405 }) : service(request),
    },
    finds: { 'cors.service': 'fail' },
    says: /405/,
  },
  {
    name: 'the public name does not resolve',
    plant: { addresses: { 'api.example.com': [] } },
    finds: { 'public.dns': 'fail' },
    details: { hop: 'dns' },
  },
  {
    name: 'the public name is of a private address',
    plant: { addresses: { 'api.example.com': ['10.1.2.3', 'fd00::1'] } },
    finds: { 'public.dns': 'fail' },
    says: /10\.1\.2\.3/,
  },
  {
    name: 'the public name has IPv6 only',
    plant: { addresses: { 'api.example.com': ['2001:db8::1'] } },
    finds: { 'public.dns': 'fail' },
    says: /no IPv4/,
  },
  {
    name: 'the certificate has expired',
    plant: { tls: () => ({ kind: 'failed', code: 'CERT_HAS_EXPIRED' }) },
    finds: { 'public.tls': 'fail' },
    details: { hop: 'tls' },
  },
  {
    name: 'nothing listens on port 443',
    plant: { tls: () => ({ kind: 'failed', code: 'ECONNREFUSED' }) },
    finds: { 'public.tls': 'fail' },
    details: { hop: 'connect' },
  },
  {
    name: 'the proxy has no certificate for the name',
    plant: { tls: () => ({ kind: 'failed', code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' }) },
    finds: { 'public.sni': 'fail' },
    details: { hop: 'sni' },
  },
  {
    name: 'the certificate ends in five days',
    plant: { tls: () => ({ kind: 'ok', validTo: inDays(5) }) },
    finds: { 'public.tls': 'warn' },
  },
  {
    name: 'the public URL is redirected',
    plant: proxyOf(/healthz/, () =>
      Response.redirect('https://www.example.com/healthz?PLANTED', 301),
    ),
    finds: { 'public.http': 'fail' },
    says: /redirected \(www\.example\.com\)/,
  },
  {
    name: 'the public URL has the wrong path',
    plant: { env: { UPCALL_PUBLIC_URL: 'https://api.example.com/elsewhere' } },
    finds: { 'public.http': 'fail', ...CALLBACK_LOST },
    details: { status: '404' },
  },
  {
    name: 'a single-page application responds',
    plant: proxyOf(/healthz/, page),
    finds: { 'public.http': 'fail' },
    says: /not Upcall/,
  },
  {
    name: 'the service is not started',
    plant: proxyOf(/./, () => new Response('Bad Gateway', { status: 502 })),
    finds: { 'public.http': 'fail', ...CALLBACK_LOST },
    details: { status: '502' },
  },
  {
    name: 'the connection is cut',
    plant: proxyOf(/healthz/, () => {
      throw networkError('ECONNRESET')
    }),
    finds: { 'public.http': 'fail' },
    details: { hop: 'http' },
  },
  {
    name: 'the clock of the service is ten minutes behind',
    plant: {
      proxy: async (request, service) => {
        const response = await service(request)
        const headers = new Headers(response.headers)
        headers.set('date', new Date(START.getTime() - 600_000).toUTCString())
        return new Response(response.body, { status: response.status, headers })
      },
    },
    finds: { 'public.clock': 'warn' },
    details: { seconds: '-600' },
  },
  {
    name: 'the store of the outbox is gone',
    plant: {
      outbox: {
        missing: async () => {
          throw new Error('gone')
        },
      },
    },
    finds: { 'public.ready': 'fail' },
    details: { checks: 'outbox' },
  },
  {
    name: 'a proxy strips Authorization',
    plant: without('authorization'),
    finds: { 'public.callback': 'fail', ...CALLBACK_LOST, 'delivery.due': 'fail' },
    details: { hop: 'http', change: 'header' },
  },
  {
    name: 'a proxy strips the URL of the key',
    plant: without('x-oss-pub-key-url'),
    finds: { 'public.callback': 'fail', ...CALLBACK_LOST },
    says: /removes x-oss-pub-key-url/,
  },
  {
    name: 'a proxy changes bodies',
    plant: changing(async (request) => {
      const body = (await request.text()).replace('\r\n', '\n').replaceAll('%2F', '/')
      return request.method === 'POST'
        ? new Request(request.url, { method: request.method, headers: request.headers, body })
        : request
    }),
    finds: { 'public.callback': 'fail', ...CALLBACK_LOST },
    details: { hop: 'http', change: 'body' },
  },
  {
    name: 'a proxy adds a query',
    plant: changing((request) =>
      request.method === 'POST' ? new Request(`${request.url}?from=proxy`, request) : request,
    ),
    finds: { 'public.callback': 'fail', ...CALLBACK_LOST },
    details: { hop: 'http', change: 'query' },
  },
  {
    name: 'the service has another secret',
    plant: { serviceEnv: { UPCALL_SECRET: 'another-secret-of-more-than-32-bytes,-worthless' } },
    finds: { 'public.callback': 'fail', ...CALLBACK_LOST },
    details: { hop: 'http', change: 'secret' },
  },
]

export const CALLBACK_FAULTS: readonly Fault[] = [
  {
    name: 'OSS refuses uploads',
    plant: {
      oss: {
        faults: {
          onRequest: ({ operation }) =>
            operation === 'PutObject' ? { kind: 'error', status: 500 } : undefined,
        },
      },
    },
    finds: { 'upload.stored': 'fail', 'upload.callback': 'not-checked' },
    details: { hop: '500' },
  },
  {
    name: 'OSS cannot resolve the public name',
    plant: {
      oss: {
        unconfirmed: { unresolvableCallbackHost: 'refuse' },
        callbackTransport: { resolve: async () => [], send: async () => ({ kind: 'unreachable' }) },
      },
    },
    finds: { 'upload.stored': 'fail', 'upload.callback': 'not-checked' },
    details: { hop: 'dns' },
  },
  {
    name: 'a firewall keeps OSS out',
    plant: { oss: { faults: { onCallback: () => ({ kind: 'unreachable' }) } } },
    finds: CALLBACK_LOST,
    details: { hop: 'connect' },
  },
  {
    name: 'OSS cannot connect because the certificate has expired',
    plant: {
      tls: () => ({ kind: 'failed', code: 'CERT_HAS_EXPIRED' }),
      oss: { faults: { onCallback: () => ({ kind: 'unreachable' }) } },
    },
    finds: { ...CALLBACK_LOST, 'public.tls': 'fail' },
    details: { hop: 'tls' },
  },
  {
    name: 'the service is too slow for OSS',
    plant: { oss: { faults: { onCallback: () => ({ kind: 'timeout' }) } } },
    finds: CALLBACK_LOST,
    details: { hop: 'timeout' },
  },
  ...[401, 403, 404, 503].map(
    (status): Fault => ({
      name: `something in front of the service responds ${status} to OSS`,
      plant: onlyFromOss(async () => new Response('no', { status })),
      finds: CALLBACK_LOST,
      details: { hop: 'status' },
      says: new RegExp(`status ${status}`),
    }),
  ),
  {
    name: 'something else than JSON responds to OSS',
    plant: onlyFromOss(async () => new Response('OK', { headers: { 'content-length': '2' } })),
    finds: CALLBACK_LOST,
    details: { hop: 'response' },
    says: /not JSON/,
  },
  {
    name: 'a proxy drops Content-Length',
    plant: {
      oss: { faults: { onCallback: () => ({ kind: 'response', withoutLength: true }) } },
    },
    finds: CALLBACK_LOST,
    details: { hop: 'response' },
    says: /Content-Length/,
  },
  {
    name: 'another program responds to OSS in JSON',
    plant: onlyFromOss(
      async () => new Response('{"ok":true}', { headers: { 'content-length': '11' } }),
    ),
    finds: CALLBACK_LOST,
    details: { hop: 'response' },
  },
  {
    name: 'the service is another deployment',
    plant: { serviceEnv: { UPCALL_DEPLOYMENT: 'staging' } },
    finds: CALLBACK_LOST,
    details: { hop: 'status' },
    says: /UPCALL_DEPLOYMENT/,
  },
]
