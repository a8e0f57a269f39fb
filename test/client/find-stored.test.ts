import { beforeEach, describe, expect, it, vi } from 'vitest'
import { findStored } from '../../client/find-stored.ts'
import { type Transport, upload } from '../../client/index.ts'
import { askBackend, buildOptions, createFile, takeStats } from '../support/browser-page.ts'
import { createProblem } from '../support/fake-transport.ts'

beforeEach(() => askBackend('reset'))

describe('with the real service', () => {
  it('finds what was uploaded before, and nothing is sent', async () => {
    const options = await buildOptions()
    const file = createFile(300_000, '图.png', 'image/png')
    expect(await findStored(file, options)).toBeUndefined()
    const first = await upload(file, options)
    await takeStats()
    const again = await findStored(new File([file], 'other name.png'), options)
    expect(again).toEqual({ ...first, via: 'found' })
    const { calls, oss, receipts } = await takeStats()
    expect(calls).toEqual(['POST /uploads/stored'])
    expect([oss.requests, receipts]).toEqual([0, 0])
  })

  it('finds nothing for other bytes, another profile or another user', async () => {
    const options = await buildOptions()
    const file = createFile(1000, 'a.png', 'image/png')
    await upload(file, options)
    expect(await findStored(createFile(1001, 'a.png'), options)).toBeUndefined()
    expect(await findStored(file, { ...options, profile: 'photos' })).toBeUndefined()
    const token = await askBackend<string>('token', { subject: 'user-43' })
    const headers = { authorization: `Bearer ${token}` }
    expect(await findStored(file, { ...options, headers })).toBeUndefined()
  })

  it('finds an empty file', async () => {
    const options = await buildOptions()
    const file = createFile(0, 'empty.txt', 'text/plain')
    const { key } = await upload(file, options)
    expect(await findStored(file, options)).toMatchObject({ key, crc64: '0' })
  })
})

describe('where it cannot be found out', () => {
  it.each([
    ['the service has no such route', 404, 'NOT_FOUND'],
    ['the profile is unknown', 400, 'PROFILE_UNKNOWN'],
    ['the service is down', 503, 'INTERNAL'],
  ])('as %s, it finds nothing, at once', async (_, status, code) => {
    const requests: string[] = []
    const transport: Transport = async ({ url }) => {
      requests.push(url)
      return createProblem(status, code, true)
    }
    const options = { endpoint: 'https://uploads.example.com', profile: 'any', transport }
    expect(await findStored(createFile(10), options)).toBeUndefined()
    expect(requests).toHaveLength(1)
  })

  it('finds nothing for a file that cannot be read', async () => {
    const file = createFile(10)
    const gone = () => Promise.reject(new DOMException('gone', 'NotReadableError'))
    vi.spyOn(file, 'slice').mockImplementation(() =>
      Object.assign(new Blob(), { arrayBuffer: gone }),
    )
    vi.spyOn(file, 'arrayBuffer').mockImplementation(gone)
    const options = await buildOptions()
    await expect(findStored(file, options)).resolves.toBeUndefined()
  })
})

it('can be cancelled, while it reads and before', async () => {
  const options = await buildOptions()
  const controller = new AbortController()
  const running = findStored(createFile(30_000_000), { ...options, signal: controller.signal })
  controller.abort()
  await expect(running).rejects.toMatchObject({ code: 'ABORTED', name: 'AbortError' })
  const late = findStored(createFile(10), { ...options, signal: controller.signal })
  await expect(late).rejects.toMatchObject({ code: 'ABORTED' })
  expect((await takeStats()).calls).toEqual([])
})
