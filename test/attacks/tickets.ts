/** Attacks on what a ticket allows: the page spends it for something else. OSS refuses; the service hears nothing. */
import { toBase64 } from '../../src/protocol/bytes.ts'
import {
  buildComplete,
  buildForm,
  buildPart,
  buildPut,
  sendParts,
} from '../support/service-with-emulator.ts'
import {
  type Attack,
  changeForm,
  changePut,
  FILE,
  LARGE_FILE,
  OTHER_FILE,
  type Scene,
} from './attack.ts'

const OWN_CALLBACK = toBase64(
  JSON.stringify({ callbackUrl: 'https://evil.example.com/', callbackBody: 'a=1' }),
)
const LONGER = new TextEncoder().encode('hello!')
const DENIED = 'OSS 403 AccessDenied'
const SIGNATURE = 'OSS 403 SignatureDoesNotMatch'

function inForm(
  id: string,
  tries: string,
  changes: Record<string, string | undefined>,
  meets = DENIED,
): Attack {
  return {
    id: `form-${id}`,
    who: 'page',
    tries: `a form with ${tries}`,
    meets,
    run: async (scene) => scene.send(changeForm(await scene.orderForm(), changes)),
  }
}

function inPut(
  id: string,
  tries: string,
  changes: Parameters<typeof changePut>[1],
  meets = SIGNATURE,
): Attack {
  return {
    id: `put-${id}`,
    who: 'page',
    tries: `a PUT with ${tries}`,
    meets,
    run: async (scene) => scene.send(changePut(await scene.orderPut(), changes)),
  }
}

function inParts(id: string, tries: string, meets: string, run: Attack['run']): Attack {
  return { id: `parts-${id}`, who: 'page', tries, meets, run }
}

function page(id: string, tries: string, meets: string, run: Attack['run']): Attack {
  return { id, who: 'page', tries, meets, run }
}

async function completeChanged(scene: Scene, alter: (url: URL) => void): Promise<string> {
  const ticket = await scene.orderParts()
  for (const { partNumber } of ticket.parts)
    await scene.oss.fetch(buildPart(ticket, partNumber, LARGE_FILE))
  const url = new URL(ticket.complete.url)
  alter(url)
  return scene.send(buildComplete({ ...ticket, complete: { ...ticket.complete, url: url.href } }))
}

export const TICKETS: readonly Attack[] = [
  inForm('key', 'the key of another user', { key: 'avatars/user-43/x.png' }),
  inForm('key-name', 'the file’s own name in the key', { key: 'avatars/${filename}' }),
  inForm('type', 'another type', { 'x-oss-content-type': 'text/html' }),
  inForm('disposition', 'a disposition of its own', {
    'Content-Disposition': 'inline',
    'x-oss-content-type': 'text/html',
  }),
  inForm('callback-replaced', 'a callback to a server of its own', { callback: OWN_CALLBACK }),
  inForm('callback-empty', 'an empty callback', { callback: '' }),
  inForm('seal', 'no seal', { 'x:seal': undefined }),
  inForm('name', 'another file name', { 'x:name': 'other.png' }),
  inForm('var', 'another value of a variable', { 'x:album': 'b' }),
  inForm('id', 'the id of another upload', { 'x-oss-meta-upcall-id': 'BBBBBBBBBBBBBBBBBBBBBB' }),
  inForm('facts', 'no encrypted facts', { 'x-oss-meta-upcall-facts': undefined }),
  inForm('overwrite', 'overwriting allowed', { 'x-oss-forbid-overwrite': 'false' }),
  inForm('overwrite-dropped', 'the ban on overwriting dropped', {
    'x-oss-forbid-overwrite': undefined,
  }),
  inForm(
    'policy',
    'a policy of its own',
    {
      policy: toBase64(
        '{"expiration":"2030-01-01T00:00:00.000Z","conditions":[{"bucket":"examplebucket"}]}',
      ),
    },
    SIGNATURE,
  ),
  inForm('status', 'another success status', { success_action_status: '204' }),
  page(
    'form-longer',
    'a larger file than the ticket names',
    'OSS 400 EntityTooLarge',
    async (scene) => scene.send(buildForm(await scene.orderForm(), LONGER)),
  ),
  page(
    'form-shorter',
    'a smaller file than the ticket names',
    'OSS 400 EntityTooSmall',
    async (scene) => scene.send(buildForm(await scene.orderForm(), FILE.slice(1))),
  ),
  page('form-late', 'a form after its end', DENIED, async (scene) => {
    const ticket = await scene.orderForm()
    scene.clock.advance(901)
    return scene.send(buildForm(ticket, FILE))
  }),
  page(
    'form-twice',
    'a form a second time with other bytes',
    'OSS 409 FileAlreadyExists',
    async (scene) => scene.send(buildForm(await scene.upload(), OTHER_FILE)),
  ),
  page('form-other-seal', 'the seal of another upload', DENIED, async (scene) => {
    const other = await scene.orderForm({ name: 'other.png' })
    return scene.send(changeForm(await scene.orderForm(), { 'x:seal': other.fields['x:seal'] }))
  }),

  inPut('type', 'another type', { headers: { 'Content-Type': 'text/html' } }),
  inPut('id', 'the id of another upload', { headers: { 'x-oss-meta-upcall-id': 'B' } }),
  inPut('acl', 'an ACL of its own', { headers: { 'x-oss-object-acl': 'public-read' } }),
  inPut('class', 'a storage class of its own', { headers: { 'x-oss-storage-class': 'Archive' } }),
  inPut('meta', 'metadata of its own', { headers: { 'x-oss-meta-more': 'x' } }),
  inPut('overwrite', 'the ban on overwriting dropped', {
    headers: { 'x-oss-forbid-overwrite': undefined },
  }),
  inPut('key', 'another key', {
    url: (url) => {
      url.pathname = '/avatars/user-43/x.png'
    },
  }),
  inPut('callback', 'a callback to a server of its own', {
    url: (url) => url.searchParams.set('callback', OWN_CALLBACK),
  }),
  inPut('no-callback', 'the callback dropped', {
    url: (url) => url.searchParams.delete('callback'),
  }),
  inPut('life', 'a longer life', { url: (url) => url.searchParams.set('x-oss-expires', '90000') }),
  page('put-longer', 'a PUT of another length', SIGNATURE, async (scene) =>
    scene.send(buildPut(await scene.orderPut(), LONGER)),
  ),
  page('put-late', 'a PUT after its end', DENIED, async (scene) => {
    const ticket = await scene.orderPut()
    scene.clock.advance(901)
    return scene.send(buildPut(ticket, FILE))
  }),
  page(
    'put-twice',
    'a PUT a second time with other bytes',
    'OSS 409 FileAlreadyExists',
    async (scene) => {
      const ticket = await scene.orderPut()
      scene.rightful += 1
      await scene.oss.fetch(buildPut(ticket, FILE))
      return scene.send(buildPut(ticket, OTHER_FILE))
    },
  ),
  page('put-as-get', 'a PUT’s URL for reading', 'OSS 400 InvalidArgument', async (scene) => {
    const { url, headers } = await scene.orderPut()
    return scene.send(new Request(url, { headers }))
  }),
  page('put-as-delete', 'a PUT’s URL for deleting', 'OSS 400 InvalidArgument', async (scene) => {
    const { url, headers } = await scene.orderPut()
    return scene.send(new Request(url, { method: 'DELETE', headers }))
  }),

  inParts('size', 'a part of another size', SIGNATURE, async (scene) => {
    const ticket = await scene.orderParts()
    return scene.send(buildPart({ ...ticket, partSize: 102_401 }, 1, LARGE_FILE))
  }),
  inParts('number', 'the URL of one part for another number', SIGNATURE, async (scene) => {
    const ticket = await scene.orderParts()
    const url = ticket.parts[0]?.url.replace('partNumber=1&', 'partNumber=7&') ?? ''
    return scene.send(buildPart({ ...ticket, parts: [{ partNumber: 1, url }] }, 1, LARGE_FILE))
  }),
  inParts('no-callback', 'Complete without the callback', SIGNATURE, (scene) =>
    completeChanged(scene, (url) => url.searchParams.delete('callback')),
  ),
  inParts('callback', 'Complete with a callback to a server of its own', SIGNATURE, (scene) =>
    completeChanged(scene, (url) => url.searchParams.set('callback', OWN_CALLBACK)),
  ),
  inParts(
    'other-upload',
    'Complete for the multipart upload of another ticket',
    SIGNATURE,
    async (scene) => {
      const other =
        new URL((await scene.orderParts()).complete.url).searchParams.get('uploadId') ?? ''
      return completeChanged(scene, (url) => url.searchParams.set('uploadId', other))
    },
  ),
  inParts('after', 'a part after Complete', 'OSS 404 NoSuchUpload', async (scene) => {
    const ticket = await scene.orderParts()
    scene.rightful += 1
    await sendParts(scene.oss, ticket, LARGE_FILE)
    return scene.send(buildPart(ticket, 1, LARGE_FILE))
  }),
  inParts('twice', 'Complete a second time', 'OSS 404 NoSuchUpload', async (scene) => {
    const ticket = await scene.orderParts()
    scene.rightful += 1
    await sendParts(scene.oss, ticket, LARGE_FILE)
    return scene.send(buildComplete(ticket))
  }),
]
