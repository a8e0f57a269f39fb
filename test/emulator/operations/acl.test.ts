/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobjectacl */
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  createEmulatorWithClient,
  HOST,
  readElement,
  readError,
} from '../emulator-with-client.ts'

describe('ACLs', () => {
  it('of an object are put and got, and decide who may read it', async () => {
    const { send, emulator } = createEmulatorWithClient()
    await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    const query = { acl: '' }
    const read = async () =>
      readElement(await (await send({ method: 'GET', key: 'a', query })).text(), 'Grant')
    const anonymous = async () => (await emulator.fetch(new Request(`${HOST}/a`))).status
    expect([await read(), await anonymous()]).toEqual(['default', 403])
    const headers = { 'x-oss-object-acl': 'public-read' }
    expect((await send({ method: 'PUT', key: 'a', query, headers })).status).toBe(200)
    expect([await read(), await anonymous()]).toEqual(['public-read', 200])
  })

  it('of a bucket are put and got, and decide who may read its objects', async () => {
    const { send, emulator } = createEmulatorWithClient()
    await send({ method: 'PUT', key: 'a' }, bytesOf('x'))
    const query = { acl: '' }
    const headers = { 'x-oss-acl': 'public-read' }
    expect((await send({ method: 'PUT', query, headers })).status).toBe(200)
    expect(readElement(await (await send({ method: 'GET', query })).text(), 'Grant')).toBe(
      'public-read',
    )
    expect((await emulator.fetch(new Request(`${HOST}/a`))).status).toBe(200)
  })

  it('need a signature, a known name and an object', async () => {
    const { send, emulator } = createEmulatorWithClient()
    const query = { acl: '' }
    const put = (key: string, acl: string) =>
      send({ method: 'PUT', key, query, headers: { 'x-oss-object-acl': acl } })
    expect((await readError(await put('none', 'private'))).code).toBe('NoSuchKey')
    expect((await readError(await put('none', 'open'))).code).toBe('InvalidArgument')
    expect((await readError(await emulator.fetch(new Request(`${HOST}/?acl`)))).code).toBe(
      'AccessDenied',
    )
  })
})
