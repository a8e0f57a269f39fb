/** Attacks by callbacks: unsigned, signed by others, and signed by OSS for another customer. */
import { createRsaKeyPair } from '../../src/protocol/crypto-rsa-private.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import { buildForm } from '../support/service-with-emulator.ts'
import { type Attack, type CallbackChange, changeForm, OTHER_FILE, type Scene } from './attack.ts'

const OWN_KEY = createRsaKeyPair(1024)
const SIGNATURE = '403 CALLBACK_SIGNATURE'
const MISMATCH = '403 CALLBACK_MISMATCH'

/** A row that sends the facts of a ticket, with another key, or signed over something else. */
function forge(id: string, tries: string, change: CallbackChange, meets = SIGNATURE): Attack {
  return {
    id,
    who: 'stranger',
    tries,
    meets,
    run: async (scene) =>
      scene.callBack(new URLSearchParams(scene.listFacts(await scene.orderForm())), change),
  }
}

/** A row of another customer of OSS: well signed, with a body of their choice. */
function lie(
  id: string,
  tries: string,
  meets: string,
  write: (
    facts: Record<string, string>,
    scene: Scene,
  ) => string | URLSearchParams | Promise<string>,
): Attack {
  return {
    id,
    who: 'tenant',
    tries,
    meets,
    run: async (scene) =>
      scene.callBack(await write(scene.listFacts(await scene.orderForm()), scene)),
  }
}

const change = (changes: Record<string, string | undefined>) => (facts: Record<string, string>) => {
  const all = Object.entries({ ...facts, ...changes })
  return new URLSearchParams(all.filter((pair): pair is [string, string] => pair[1] !== undefined))
}

export const CALLBACKS: readonly Attack[] = [
  {
    id: 'callback-unsigned',
    who: 'stranger',
    tries: 'calls `/callbacks/oss` without a signature',
    meets: SIGNATURE,
    run: async (scene) =>
      scene.request('/callbacks/oss', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: String(new URLSearchParams(scene.listFacts(await scene.orderForm()))),
      }),
  },
  forge('callback-own-key', 'signs with a key of their own, and names its address', {
    keyUrl: 'https://evil.example.com/key.pem',
    privateKey: OWN_KEY.privateKey,
  }),
  forge(
    'callback-own-key-pinned-url',
    'signs with a key of their own, and names the pinned address',
    { privateKey: OWN_KEY.privateKey },
  ),
  forge('callback-key-http', 'names the pinned key’s address over http', {
    keyUrl: CALLBACK_KEY.url.replace('https', 'http'),
    privateKey: OWN_KEY.privateKey,
  }),
  forge('callback-key-subdomain', 'names a host that begins like the pinned one', {
    keyUrl: CALLBACK_KEY.url.replace('.com/', '.com.evil.example/'),
    privateKey: OWN_KEY.privateKey,
  }),
  forge('callback-key-userinfo', 'hides another host behind the pinned one and an `@`', {
    keyUrl: CALLBACK_KEY.url.replace('.com/', '.com@evil.example/'),
    privateKey: OWN_KEY.privateKey,
  }),
  forge('callback-key-case', 'spells the pinned address in other letters', {
    keyUrl: CALLBACK_KEY.url.toUpperCase(),
  }),
  forge('callback-key-internal', 'names an address inside the operator’s network', {
    keyUrl: 'http://169.254.169.254/latest/meta-data',
    privateKey: OWN_KEY.privateKey,
  }),
  forge('callback-body', 'changes the body after it was signed', {
    signedBody: 'bucket=examplebucket',
  }),
  forge('callback-query', 'adds a query after it was signed', {
    query: '?a=1',
    signedPath: '/up here/callbacks/oss',
  }),
  forge('callback-path', 'sends a callback that was signed for another path', {
    signedPath: '/other/callbacks/oss',
  }),
  forge('callback-version', 'claims another version of the signature', {
    headers: { 'x-oss-signature-version': '2.0' },
  }),
  forge('callback-not-base64', 'sends a signature that is no Base64', {
    headers: { authorization: '!!!!' },
  }),
  {
    id: 'callback-get',
    who: 'stranger',
    tries: 'uses another method',
    meets: '405 METHOD_NOT_ALLOWED',
    run: (scene) => scene.request('/callbacks/oss', {}),
  },
  {
    id: 'callback-huge',
    who: 'stranger',
    tries: 'sends 1 MB',
    meets: '413 BODY_TOO_LARGE',
    run: (scene) => scene.callBack('x'.repeat(1_000_000)),
  },
  {
    id: 'callback-no-text',
    who: 'tenant',
    tries: 'a body that is not UTF-8, well signed',
    meets: SIGNATURE,
    // Signed over the text, sent as other bytes: also bytes that are no text are compared first.
    run: (scene) =>
      scene.request('/callbacks/oss', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: 'AAAA',
          'x-oss-pub-key-url': btoa(CALLBACK_KEY.url),
        },
        body: new Uint8Array([0xff, 0xfe]),
      }),
  },

  lie(
    'lie-no-seal',
    'reports an upload without a seal',
    '403 SEAL_INVALID',
    change({ seal: undefined }),
  ),
  lie('lie-empty-seal', 'an empty seal', '403 SEAL_INVALID', change({ seal: '' })),
  lie('lie-session-as-seal', 'a session as a seal', '403 SEAL_INVALID', async (facts, scene) =>
    String(change({ seal: (await scene.orderForm()).session })(facts)),
  ),
  lie('lie-changed-seal', 'a seal with one character changed', '403 SEAL_INVALID', (facts) =>
    change({ seal: `${facts.seal?.slice(0, -2)}AA` })(facts),
  ),
  lie(
    'lie-other-seal',
    'the seal of another upload of the same user',
    MISMATCH,
    async (facts, scene) =>
      String(
        change({ seal: (await scene.orderForm({ name: 'b.png' })).fields['x:seal'] ?? '' })(facts),
      ),
  ),
  lie('lie-expired-seal', 'a seal after session and grace', '403 SEAL_EXPIRED', (facts, scene) => {
    scene.clock.advance(86_400 + 3600)
    return change({})(facts)
  }),
  lie(
    'lie-bucket',
    'their own bucket, under the user’s seal',
    MISMATCH,
    change({ bucket: 'their-bucket' }),
  ),
  lie('lie-key', 'another key', MISMATCH, change({ object: 'avatars/admin/x.png' })),
  lie('lie-size', 'another size', MISMATCH, change({ size: '6' })),
  lie('lie-size-spelt', 'the size in other digits', MISMATCH, change({ size: '05' })),
  lie('lie-type', 'another type', MISMATCH, change({ type: 'text/html' })),
  lie('lie-name', 'another file name', MISMATCH, change({ name: 'invoice.exe' })),
  lie('lie-var', 'another value of a variable', MISMATCH, change({ 'x:album': 'b' })),
  lie('lie-more-vars', 'one more variable', MISMATCH, change({ 'x:admin': 'yes' })),
  lie('lie-proto-var', 'a variable named `__proto__`', MISMATCH, change({ 'x:__proto__': 'yes' })),
  lie('lie-twice', 'a field twice, once right', MISMATCH, (facts) => `${change({})(facts)}&size=6`),
  lie('lie-etag-form', 'an ETag with line breaks', MISMATCH, change({ etag: 'A\nB' })),
  lie('lie-json-nested', 'JSON with an object where a text belongs', MISMATCH, (facts) =>
    JSON.stringify({ ...facts, vars: { deep: {} } }),
  ),
  lie(
    'lie-json-deep',
    'JSON 10 000 levels deep',
    MISMATCH,
    () => `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  ),
  lie(
    'lie-never-sent',
    'an upload that never happened, with every field right',
    '404 OBJECT_MISSING',
    change({}),
  ),
  {
    id: 'lie-etag',
    who: 'tenant',
    tries: 'another ETag for an object that is stored',
    meets: '409 OBJECT_MISMATCH',
    run: async (scene) => {
      const ticket = await scene.upload()
      return scene.callBack(
        new URLSearchParams({ ...scene.listFacts(ticket), etag: 'E'.repeat(32) }),
      )
    },
  },
  {
    id: 'lie-image-facts',
    who: 'tenant',
    tries: 'image facts and an address of their choice under a user’s seal',
    meets: 'they stand under `unverified` alone',
    run: async (scene) => {
      const seen = scene.callbacks.length
      await scene.upload()
      const body = await scene.callbacks[seen]?.clone().text()
      const fields = new URLSearchParams(body)
      fields.set('width', '1')
      fields.set('height', '1')
      fields.set('clientIp', '6.6.6.6')
      await scene.callBack(fields)
      const { unverified: _, ...verified } = scene.receipts[0] ?? { unverified: {} }
      return /6\.6\.6\.6|"width"/.test(JSON.stringify(verified))
        ? 'they look verified'
        : 'they stand under `unverified` alone'
    },
  },
  {
    id: 'replay-other-facts',
    who: 'page',
    tries: 'stores other bytes under the same upload where overwriting is allowed',
    meets: 'OSS 203 CallbackFailed',
    run: async (scene) => {
      const request = { profile: 'open', name: 'a.png', vars: {} }
      const ticket = await scene.upload(request)
      return scene.send(buildForm(ticket, OTHER_FILE))
    },
  },
  {
    id: 'replay-same',
    who: 'stranger',
    tries: 'sends a callback again',
    meets: 'the application was told once',
    run: async (scene) => {
      await scene.upload()
      const request = scene.callbacks[0]?.clone()
      const body = (await request?.text()) ?? ''
      const met = await scene.request('/callbacks/oss', {
        method: 'POST',
        headers: [...(request?.headers ?? [])],
        body,
      })
      return met === '200' && scene.receipts.length === 1 ? 'the application was told once' : met
    },
  },
  {
    id: 'page-drops-callback',
    who: 'page',
    tries: 'uploads without the callback',
    meets: 'OSS 403 AccessDenied',
    run: async (scene) => scene.send(changeForm(await scene.orderForm(), { callback: undefined })),
  },
]
