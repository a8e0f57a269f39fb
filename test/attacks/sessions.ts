/** Attacks on whose upload it is: sessions that were changed, borrowed, or made for something else. */
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { createService, type ServiceOptions } from '../../src/service/create-service.ts'
import { createBearer } from '../support/bearer.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'
import type { Attack, Scene } from './attack.ts'

const CALLS = {
  confirm: '/uploads/confirm',
  abort: '/uploads/abort',
  state: '/uploads/state',
} as const

/** A session as a service with other settings and the same secret makes it. */
async function makeElsewhere(
  scene: Scene,
  settings: Partial<ServiceOptions>,
  issuer?: string,
): Promise<string> {
  const service = createService({
    ...createSettings(),
    now: scene.clock.now,
    writeLog: () => {},
    ...settings,
  })
  const token = await createBearer({ now: scene.clock.now(), ...(issuer && { issuer }) })
  const response = await service.fetch(
    new Request('https://api.example.com/uploads', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 5 }),
    }),
  )
  return ((await response.json()) as { session: string }).session
}

function confirmWith(
  id: string,
  tries: string,
  meets: string,
  make: (scene: Scene) => Promise<string>,
): Attack {
  return {
    id,
    who: 'user',
    tries,
    meets,
    run: async (scene) => scene.post('/uploads/confirm', { session: await make(scene) }),
  }
}

const INVALID = '403 SESSION_INVALID'

const FOREIGN: Attack[] = Object.entries(CALLS).map(([name, path]) => ({
  id: `session-foreign-${name}`,
  who: 'user',
  tries: `calls \`${path}\` with the session of another user`,
  meets: INVALID,
  run: async (scene) =>
    scene.post(path, { session: (await scene.orderParts()).session }, 'mallory'),
}))

export const SESSIONS: readonly Attack[] = [
  ...FOREIGN,
  {
    id: 'session-foreign-parts',
    who: 'user',
    tries: 'asks for URLs of parts of another user’s upload',
    meets: INVALID,
    run: async (scene) => {
      const { session } = await scene.orderParts()
      return scene.post('/uploads/parts', { session, partNumbers: [1] }, 'mallory')
    },
  },
  {
    id: 'session-kind',
    who: 'user',
    tries: 'asks for URLs of parts with the session of a form',
    meets: '400 SESSION_KIND',
    run: async (scene) => {
      const { session } = await scene.orderForm()
      return scene.post('/uploads/parts', { session, partNumbers: [1] })
    },
  },
  confirmWith(
    'session-changed',
    'another key in a session, under its old signature',
    INVALID,
    async (scene) => {
      const [header = '', , signature = ''] = (await scene.orderForm()).session.split('.')
      return `${header}.${toBase64Url('{"v":1,"s":"user-42","k":"avatars/admin/x.png"}')}.${signature}`
    },
  ),
  confirmWith('session-unsigned', 'a session with `alg: none`', INVALID, async (scene) => {
    const [, claims = ''] = (await scene.orderForm()).session.split('.')
    return `${toBase64Url('{"alg":"none","typ":"upcall-session"}')}.${claims}.`
  }),
  confirmWith('session-cut', 'a session without its last character', INVALID, async (scene) =>
    (await scene.orderForm()).session.slice(0, -1),
  ),
  confirmWith(
    'session-is-seal',
    'a seal as a session',
    INVALID,
    async (scene) => (await scene.orderForm()).fields['x:seal'] ?? '',
  ),
  confirmWith('session-is-token', 'the bearer token as a session', INVALID, (scene) =>
    createBearer({ now: scene.clock.now() }),
  ),
  confirmWith(
    'session-long',
    'a session of 40 000 characters',
    INVALID,
    async (scene) => `${(await scene.orderForm()).session}${'A'.repeat(40_000)}`,
  ),
  confirmWith(
    'session-bucket',
    'a session of a service for another bucket, same secret',
    INVALID,
    (scene) => makeElsewhere(scene, { bucket: 'otherbucket' }),
  ),
  confirmWith(
    'session-deployment',
    'a session of another deployment, same secret',
    INVALID,
    (scene) => makeElsewhere(scene, { deployment: 'staging' }),
  ),
  confirmWith(
    'session-issuer',
    'a session of an equal subject of another issuer, same secret',
    INVALID,
    (scene) => {
      const issuer = 'https://other.example.com'
      return makeElsewhere(scene, { auth: { ...createSettings().auth, issuer } }, issuer)
    },
  ),
  confirmWith(
    'session-expired',
    'a session after its end',
    '403 SESSION_EXPIRED',
    async (scene) => {
      const { session } = await scene.orderForm()
      scene.clock.advance(86_401)
      return session
    },
  ),
  confirmWith(
    'session-other-secret',
    'a session under a secret that is not valid any more',
    INVALID,
    (scene) => makeElsewhere(scene, { secret: 'an older secret, withdrawn since, 32 bytes' }),
  ),
  confirmWith(
    'confirm-never-sent',
    'confirms an upload that never happened',
    '404 OBJECT_MISSING',
    async (scene) => (await scene.orderForm()).session,
  ),
  {
    id: 'confirm-other-object',
    who: 'user',
    tries: 'confirms an upload whose key holds the object of another upload',
    meets: '409 OBJECT_MISMATCH',
    run: async (scene) => {
      const request = { profile: 'fixed', name: 'a.txt', type: 'text/plain', vars: {} }
      const { session } = await scene.orderForm(request)
      await scene.upload(request)
      return scene.post('/uploads/confirm', { session })
    },
  },
]
