/** Attacks on what is known of a stored file: checksums, keys, the sweep, and the webhook that tells the application. */
import { signRequest } from '../../src/protocol/sign-v4.ts'
import { WebhookError } from '../../src/webhook/errors.ts'
import { verifyWebhook } from '../../src/webhook/index.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { buildForm, buildPut } from '../support/service-with-emulator.ts'
import { OTHER_SECRET, SECRET } from '../support/webhook-samples.ts'
import { type Attack, createScene, FILE, type Scene } from './attack.ts'
import { buildForeignPut } from './foreign-put.ts'

/** MD5 and CRC-64 of other bytes. */
const OTHER_SUMS = { contentMd5: 'AAAAAAAAAAAAAAAAAAAAAA==', crc64: '11' }

const CHECKSUMS: Attack[] = [
  {
    id: 'sum-crc',
    who: 'page',
    tries: 'confirms a form whose bytes have another CRC-64 than it declared',
    meets: '409 OBJECT_MISMATCH',
    run: async (scene) => {
      const ticket = await scene.orderForm({ crc64: OTHER_SUMS.crc64 })
      await scene.send(buildForm(ticket, FILE))
      return scene.post('/uploads/confirm', { session: ticket.session })
    },
  },
  {
    id: 'sum-md5-form',
    who: 'page',
    tries: 'confirms a form whose bytes have another MD5 than it declared',
    meets: '409 OBJECT_MISMATCH',
    run: async (scene) => {
      const ticket = await scene.orderForm({ contentMd5: OTHER_SUMS.contentMd5 })
      await scene.send(buildForm(ticket, FILE))
      return scene.post('/uploads/confirm', { session: ticket.session })
    },
  },
  {
    id: 'sum-md5-put',
    who: 'page',
    tries: 'a PUT whose bytes have another MD5 than it declared',
    meets: 'OSS 400 InvalidDigest',
    run: async (scene) =>
      scene.send(buildPut(await scene.orderPut({ contentMd5: OTHER_SUMS.contentMd5 }), FILE)),
  },
]

function withTwoSubjects(id: string, tries: string, one: string, two: string): Attack {
  return {
    id,
    who: 'user',
    tries,
    meets: 'two keys',
    run: async (scene) => {
      const readKey = async (subject: string) => {
        const request = { profile: 'fixed', name: 'a.txt', type: 'text/plain', size: 5 }
        const response = await scene.ask('/uploads', request, subject)
        return ((await response.json()) as { key: string }).key
      }
      return (await readKey(one)) === (await readKey(two)) ? 'one key' : 'two keys'
    },
  }
}

const LONG = 'x'.repeat(254)
const KEYS: Attack[] = [
  withTwoSubjects(
    'subject-normal',
    'a subject in another Unicode normal form',
    'José',
    'Jose\u0301',
  ),
  withTwoSubjects('subject-alike', 'a subject in letters that look alike', 'admin', '\u0430dmin'),
  withTwoSubjects('subject-encoded', 'a subject spelt as another one is encoded', 'a/b', 'a~2fb'),
  withTwoSubjects('subject-long', 'long subjects that differ at their end', `${LONG}a`, `${LONG}b`),
  withTwoSubjects('subject-case', 'a subject in capitals', 'admin', 'ADMIN'),
]

async function sweep(scene: Scene): Promise<string> {
  scene.clock.advance(600)
  const { accepted } = await scene.service.sweep()
  return accepted === 0 ? 'the sweep takes nothing' : `it takes ${accepted}`
}

/** An object with metadata that another program wrote; `make` changes what a ticket of the service has. */
function withMetadata(
  id: string,
  tries: string,
  make: (
    fields: Record<string, string>,
    scene: Scene,
  ) => Record<string, string> | Promise<Record<string, string>>,
): Attack {
  return {
    id,
    who: 'tenant',
    tries: `${tries}, by a key that may write to the bucket`,
    meets: 'the sweep takes nothing',
    run: async (scene) => {
      const { key, fields } = await scene.orderForm({ vars: {} })
      const met = await scene.send(
        buildForeignPut(key, await make(fields, scene), scene.clock.now()),
      )
      return met === 'OSS 200' ? sweep(scene) : met
    },
  }
}

const FACTS = 'x-oss-meta-upcall-facts'
const ID = 'x-oss-meta-upcall-id'

const SWEEPS: Attack[] = [
  withMetadata('sweep-no-facts', 'an object with the id of an upload and no facts', (fields) => ({
    [ID]: fields[ID] ?? '',
  })),
  withMetadata('sweep-invented', 'an object with invented facts', (fields) => ({
    ...fields,
    [FACTS]: `1${'A'.repeat(120)}`,
  })),
  withMetadata('sweep-changed', 'an object with one character of the facts changed', (fields) => {
    const facts = fields[FACTS] ?? ''
    return {
      ...fields,
      [FACTS]: `${facts.slice(0, -3)}${facts.at(-3) === 'A' ? 'B' : 'A'}${facts.slice(-2)}`,
    }
  }),
  withMetadata(
    'sweep-other-id',
    'an object with the id of another upload',
    async (fields, scene) => ({
      ...fields,
      [ID]: (await scene.orderForm()).id,
    }),
  ),
  withMetadata(
    'sweep-other-secret',
    'an object whose facts another secret encrypted',
    async (fields) => {
      const other = createScene({ secret: 'another secret of at least 32 bytes, planted' })
      return { ...fields, [FACTS]: (await other.orderForm({ vars: {} })).fields[FACTS] ?? '' }
    },
  ),
  withMetadata(
    'sweep-other-deployment',
    'an object of another deployment with the same secret',
    async () => (await createScene({ deployment: 'other' }).orderForm({ vars: {} })).fields,
  ),
]

const RECEIVER = 'https://hooks.example.com/upcall'

interface Hook {
  headers: Record<string, string>
  body: string
  now: Date
}

/**
 * The webhook of a rightful upload, as the service sent it.
 *
 * @param first what the receiver responds with at first; it takes the second attempt
 */
async function catchHook(
  outer: Scene,
  first = () => Response.json({}),
): Promise<{ hook: Hook; asked: string[] }> {
  const sent: Request[] = []
  const asked: string[] = []
  const inner: Scene = createScene({
    webhook: { url: RECEIVER, secrets: [SECRET] },
    onReceipt: undefined,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      asked.push(new URL(request.url).host)
      if (!request.url.startsWith(RECEIVER)) return inner.oss.fetch(request)
      sent.push(request.clone() as Request)
      return sent.length === 1 ? first() : Response.json({})
    },
  })
  await inner.send(buildForm(await inner.orderForm(), FILE))
  outer.texts.push(...inner.texts)
  outer.lines.push(...inner.lines)
  const [request] = sent
  if (!request) throw new Error('No webhook was sent.')
  return {
    hook: {
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
      now: inner.clock.now(),
    },
    asked,
  }
}

function receive({ headers, body, now }: Hook, secrets: readonly string[] = [SECRET]): string {
  try {
    verifyWebhook(headers, body, { secrets, now })
    return 'believed'
  } catch (error) {
    return error instanceof WebhookError ? `${error.status} ${error.code}` : 'another error'
  }
}

function withHook(
  id: string,
  tries: string,
  meets: string,
  change: (hook: Hook) => Partial<Hook>,
): Attack {
  return {
    id,
    who: 'stranger',
    tries,
    meets,
    run: async (scene) => {
      const { hook } = await catchHook(scene)
      const before = receive(hook)
      return before === 'believed'
        ? receive({ ...hook, ...change(hook) })
        : `the good one met ${before}`
    },
  }
}

const minutes = (now: Date, count: number): Date => new Date(now.getTime() + count * 60_000)

const HOOKS: Attack[] = [
  withHook(
    'hook-body',
    'a webhook with one digit changed',
    '401 WEBHOOK_SIGNATURE',
    ({ body }) => ({
      body: body.replace('"size":5', '"size":6'),
    }),
  ),
  withHook(
    'hook-id',
    'a webhook under the id of another event',
    '401 WEBHOOK_SIGNATURE',
    ({ headers }) => ({
      headers: { ...headers, 'webhook-id': 'AAAAAAAAAAAAAAAAAAAAAA' },
    }),
  ),
  withHook(
    'hook-time',
    'an old webhook with a new time',
    '401 WEBHOOK_SIGNATURE',
    ({ headers, now }) => ({
      headers: { ...headers, 'webhook-timestamp': String(Math.floor(now.getTime() / 1000) + 9) },
    }),
  ),
  withHook(
    'hook-replay',
    'a webhook again after six minutes',
    '401 WEBHOOK_TIMESTAMP',
    ({ now }) => ({
      now: minutes(now, 6),
    }),
  ),
  withHook('hook-early', 'a webhook from the future', '401 WEBHOOK_TIMESTAMP', ({ now }) => ({
    now: minutes(now, -6),
  })),
  withHook(
    'hook-unsigned',
    'a webhook without a signature',
    '400 WEBHOOK_HEADER',
    ({ headers }) => ({
      headers: Object.fromEntries(
        Object.entries(headers).filter(([name]) => name !== 'webhook-signature'),
      ),
    }),
  ),
  {
    id: 'hook-secret',
    who: 'stranger',
    tries: 'a webhook that another secret signed',
    meets: '401 WEBHOOK_SIGNATURE',
    run: async (scene) => receive((await catchHook(scene)).hook, [OTHER_SECRET]),
  },
  {
    id: 'hook-redirect',
    who: 'stranger',
    tries: 'leads the webhook on into the operator’s network',
    meets: 'the redirect is not followed',
    run: async (scene) => {
      const location = 'http://169.254.169.254/latest/meta-data'
      const { asked } = await catchHook(
        scene,
        () => new Response(null, { status: 307, headers: { location } }),
      )
      return asked.some((host) => host.startsWith('169.'))
        ? 'it is followed'
        : 'the redirect is not followed'
    },
  },
]

const PLACES: Attack[] = [
  {
    id: 'oss-redirect',
    who: 'stranger',
    tries: 'leads a request of the service to OSS on to another host',
    meets: '502 OSS_ERROR',
    run: async (scene) => {
      const asked: string[] = []
      const inner = createScene({
        fetch: async (input, init) => {
          asked.push(new URL(new Request(input, init).url).host)
          return new Response(null, {
            status: 307,
            headers: { location: 'https://evil.example.com/' },
          })
        },
      })
      const { session } = await inner.orderForm()
      const met = await inner.post('/uploads/confirm', { session })
      scene.texts.push(...inner.texts)
      scene.lines.push(...inner.lines)
      return asked.every((host) => host.startsWith('examplebucket.')) ? met : 'it is followed'
    },
  },
  {
    id: 'bucket-read',
    who: 'stranger',
    tries: 'reads a stored object without a signature',
    meets: 'OSS 403 AccessDenied',
    run: async (scene) => {
      const { key } = await scene.upload()
      const { url } = signRequest(
        { method: 'GET', bucket: 'examplebucket', region: 'cn-hangzhou', key },
        { credentials: ACCESS_KEY, now: scene.clock.now() },
      )
      return scene.send(new Request(url))
    },
  },
]

export const RESULTS: readonly Attack[] = [...CHECKSUMS, ...KEYS, ...SWEEPS, ...HOOKS, ...PLACES]
