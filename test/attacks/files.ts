/** Attacks by what a user asks for: names, types, sizes, variables, numbers, and too much of everything. */
import type { UploadRequest } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { type Attack, IMAGE, PARTS, type Scene } from './attack.ts'
import { buildForeignPut } from './foreign-put.ts'

function ask(id: string, tries: string, meets: string, request: Record<string, unknown>): Attack {
  return {
    id,
    who: 'user',
    tries,
    meets,
    run: (scene) => scene.post('/uploads', { ...IMAGE, vars: {}, ...request }),
  }
}

async function readKey(
  scene: Scene,
  request: Partial<UploadRequest>,
  subject?: string,
): Promise<string> {
  const response = await scene.ask('/uploads', { ...IMAGE, vars: {}, ...request }, subject)
  return ((await response.json()) as { key?: string }).key ?? `no key, ${response.status}`
}

async function askWith(
  scene: Scene,
  headers: Record<string, string>,
  body: BodyInit,
): Promise<string> {
  const token = await createBearer({ now: scene.clock.now() })
  return scene.request('/uploads', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  })
}

/** So many times the same request. @returns what the last one met, with its `Retry-After` */
async function repeat(scene: Scene, request: UploadRequest, times: number): Promise<string> {
  let last = new Response()
  for (let at = 0; at < times; at += 1) last = await scene.ask('/uploads', request)
  const { error } = (await last.json()) as { error?: { code: string } }
  const isTold = Number(last.headers.get('retry-after')) > 0
  return `${last.status} ${error?.code}${isTold ? ', with Retry-After' : ''}`
}

const TYPE = '415 TYPE_REFUSED'

export const FILES: readonly Attack[] = [
  ask('profile-unknown', 'a profile that is not there', '400 PROFILE_UNKNOWN', {
    profile: 'admin',
  }),
  ask('profile-proto', 'a profile named `__proto__`', '400 PROFILE_UNKNOWN', {
    profile: '__proto__',
  }),
  ask('profile-constructor', 'a profile named `constructor`', '400 PROFILE_UNKNOWN', {
    profile: 'constructor',
  }),
  ask('file-large', 'a file larger than the profile allows', '413 FILE_TOO_LARGE', {
    size: 5_000_001,
  }),
  ask('file-empty', 'an empty file where one byte is the least', '400 FILE_TOO_SMALL', { size: 0 }),
  ask('file-negative', 'a negative size', '400 BODY_FIELD', { size: -1 }),
  ask('file-fraction', 'a size of half a byte', '400 BODY_FIELD', { size: 0.5 }),
  ask('file-unsafe', 'a size that JSON readers round', '400 BODY_FIELD', { size: 2 ** 53 }),
  ask('file-size-text', 'a size that is a text', '400 BODY_FIELD', { size: '5' }),
  ask('type-html', 'HTML where images are allowed', TYPE, { type: 'text/html' }),
  ask('type-svg', 'SVG where `image/*` is allowed', TYPE, { type: 'image/svg+xml' }),
  ask('type-two', 'two types in one', TYPE, { type: 'image/png, text/html' }),
  ask('type-param', 'a parameter that names another type', TYPE, {
    type: 'image/svg+xml;a=image/png',
  }),
  ask('type-line', 'a line break in the type', TYPE, {
    type: 'image/png\r\nx-oss-object-acl: public-read',
  }),
  ask('type-unknown', 'a type that browsers sniff, where images are allowed', TYPE, {
    type: 'unknown/unknown',
  }),
  {
    id: 'type-sniffed',
    who: 'page',
    tries: 'HTML stored as `unknown/unknown` where every type is allowed',
    meets: 'stored as attachment',
    run: async (scene) => {
      const { fields } = await scene.orderForm({
        profile: 'any',
        type: 'unknown/unknown',
        vars: {},
      })
      return fields['Content-Disposition'] === 'attachment' ? 'stored as attachment' : 'shown'
    },
  },
  ask('name-long', 'a file name of 2 000 characters', '400 FILE_NAME', { name: 'x'.repeat(2000) }),
  ask('name-surrogate', 'half of a surrogate pair in the name', '400 FILE_NAME', {
    name: 'a\ud800.png',
  }),
  {
    id: 'name-path',
    who: 'user',
    tries: 'a file name that climbs out of its folder',
    meets: 'a key without the name',
    run: async (scene) => {
      const key = await readKey(scene, { name: '../../admin/x.png' })
      return /^avatars\/user-42\/[\w-]{22}\.png$/.test(key) ? 'a key without the name' : key
    },
  },
  {
    id: 'name-ext',
    who: 'user',
    tries: 'an extension with a path in it',
    meets: 'a key without the name',
    run: async (scene) => {
      const key = await readKey(scene, { name: 'x.png/../../../admin' })
      return /^avatars\/user-42\/[\w-]{22}(?:\.\w+)?$/.test(key) ? 'a key without the name' : key
    },
  },
  {
    id: 'subject-path',
    who: 'user',
    tries: 'a subject that climbs into the folder of another',
    meets: 'a folder of its own',
    run: async (scene) => {
      const key = await readKey(scene, {}, '../user-43')
      return /^avatars\/[^/]+\/[\w-]{22}\.png$/.test(key) &&
        !key.startsWith('avatars/user-43/') &&
        !key.includes('/../')
        ? 'a folder of its own'
        : key
    },
  },
  {
    id: 'subject-meets-ext',
    who: 'user',
    tries: 'a subject `carol.png` without extension against `carol` with `.png`',
    meets: 'two keys',
    run: async (scene) => {
      const request = { profile: 'open', type: 'image/png' }
      const one = await readKey(scene, { ...request, name: 'x' }, 'carol.png')
      const other = await readKey(scene, { ...request, name: 'x.png' }, 'carol')
      return one === other ? one : 'two keys'
    },
  },
  ask('var-unknown', 'a variable that the profile does not list', '403 VAR_REFUSED', {
    vars: { admin: 'yes' },
  }),
  {
    id: 'var-proto',
    who: 'user',
    tries: 'a variable named `__proto__`',
    meets: '403 VAR_REFUSED',
    run: (scene) =>
      askWith(
        scene,
        {},
        '{"profile":"avatar","name":"a.png","type":"image/png","size":5,"vars":{"__proto__":"x"}}',
      ),
  },
  ask('var-long', 'variables longer than OSS takes', '400 VARS_TOO_LONG', {
    vars: { album: 'x'.repeat(5000) },
  }),
  ask('field-key', 'a field `key` of its own', '400 BODY_FIELD', { key: 'avatars/admin/x.png' }),
  ask('field-expires', 'a field `expiresInSeconds` of its own', '400 BODY_FIELD', {
    expiresInSeconds: 604_800,
  }),
  ask('method-refused', 'parts where only forms and PUTs are allowed', '403 METHOD_REFUSED', {
    profile: 'fixed',
    name: 'a.txt',
    type: 'text/plain',
    method: 'multipart',
  }),
  ask('crc-form', 'a checksum that is none', '400 BODY_FIELD', { crc64: '-1' }),
  {
    id: 'body-form',
    who: 'page',
    tries: 'a request that a foreign page can send without asking (text/plain)',
    meets: '415 BODY_TYPE',
    run: (scene) => askWith(scene, { 'content-type': 'text/plain' }, JSON.stringify(IMAGE)),
  },
  {
    id: 'body-no-json',
    who: 'user',
    tries: 'a body that is no JSON',
    meets: '400 BODY_JSON',
    run: (scene) => askWith(scene, {}, '{"profile":'),
  },
  {
    id: 'body-deep',
    who: 'user',
    tries: 'JSON 20 000 levels deep',
    meets: '400 BODY_FIELD',
    run: (scene) => askWith(scene, {}, `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  },
  {
    id: 'body-huge',
    who: 'user',
    tries: 'a body of 1 MB',
    meets: '413 BODY_TOO_LARGE',
    run: (scene) => askWith(scene, {}, 'x'.repeat(1_000_000)),
  },
  {
    id: 'idempotency-key',
    who: 'user',
    tries: 'an `Idempotency-Key` of 300 characters',
    meets: '400 IDEMPOTENCY_KEY',
    run: (scene) => askWith(scene, { 'idempotency-key': 'k'.repeat(300) }, JSON.stringify(IMAGE)),
  },
  {
    id: 'idempotency-foreign',
    who: 'user',
    tries: 'the `Idempotency-Key` of another user',
    meets: 'another upload',
    run: async (scene) => {
      const readId = async (subject: string) => {
        const token = await createBearer({ now: scene.clock.now(), subject })
        const response = await scene.service.fetch(
          new Request('https://api.example.com/uploads', {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'idempotency-key': 'k1',
            },
            body: JSON.stringify(IMAGE),
          }),
        )
        return ((await response.json()) as { id: string }).id
      }
      return (await readId('alice')) === (await readId('mallory'))
        ? 'the same upload'
        : 'another upload'
    },
  },
  {
    id: 'parts-many',
    who: 'user',
    tries: 'URLs of 101 parts at once',
    meets: '400 BODY_FIELD',
    run: async (scene) => {
      const { session } = await scene.orderParts()
      return scene.post('/uploads/parts', {
        session,
        partNumbers: Array.from({ length: 101 }, (_, at) => at + 1),
      })
    },
  },
  {
    id: 'parts-beyond',
    who: 'user',
    tries: 'the URL of a part that the file does not have',
    meets: '400 PART_NUMBER',
    run: async (scene) => {
      const { session } = await scene.orderParts()
      return scene.post('/uploads/parts', { session, partNumbers: [9999] })
    },
  },
  {
    id: 'flood-tickets',
    who: 'user',
    tries: '601 tickets in a minute',
    meets: '429 RATE_LIMITED, with Retry-After',
    run: (scene) => repeat(scene, IMAGE, 601),
  },
  {
    id: 'flood-uploads',
    who: 'user',
    tries: '61 multipart uploads in a minute',
    meets: '429 RATE_LIMITED, with Retry-After',
    run: (scene) => repeat(scene, PARTS, 61),
  },
  {
    id: 'origin-foreign',
    who: 'page',
    tries: 'a page of another origin reads a ticket',
    meets: 'no CORS header for it',
    run: async (scene) => {
      const token = await createBearer({ now: scene.clock.now() })
      const response = await scene.service.fetch(
        new Request('https://api.example.com/uploads', {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            origin: 'https://evil.example.com',
          },
          body: JSON.stringify(IMAGE),
        }),
      )
      const allowed = response.headers.get('access-control-allow-origin')
      return allowed === null ? 'no CORS header for it' : allowed
    },
  },
  {
    id: 'sweep-copied-facts',
    who: 'tenant',
    tries:
      'an object with the metadata of another upload, put there by somebody who may write to the bucket',
    meets: 'the sweep takes nothing',
    run: async (scene) => {
      const { fields } = await scene.orderForm({ vars: {} })
      await scene.oss.fetch(
        buildForeignPut('avatars/user-42/BBBBBBBBBBBBBBBBBBBBBB.png', fields, scene.clock.now()),
      )
      scene.clock.advance(600)
      const { accepted } = await scene.service.sweep()
      return accepted === 0 ? 'the sweep takes nothing' : `it takes ${accepted}`
    },
  },
]
