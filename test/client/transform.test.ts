import { expect, it } from 'vitest'
import '../../client/element.ts'
import { upload } from '../../client/index.ts'
import * as transform from '../../client/transform.ts'
import { askBackend, buildOptions, readDigest, sha256 } from '../support/browser-page.ts'
import { buildExif, buildPhoto, buildTiff, PHONE_FIELDS } from '../support/photo.ts'

const { prepare, resizeImage, stripGps } = transform

it('has these names', () => {
  expect(Object.keys(transform).sort()).toEqual([
    'TransformError',
    'prepare',
    'resizeImage',
    'stripGps',
  ])
})

it('prepares a photo, and OSS stores what was prepared', async () => {
  await askBackend('reset')
  const photo = await buildPhoto([buildExif(buildTiff(PHONE_FIELDS, [], true))], {
    width: 800,
    height: 600,
    name: '西湖.jpg',
  })
  const file = await prepare(photo, [stripGps(), resizeImage({ maxWidth: 200 })])
  const { key, crc64 } = await upload(file, await buildOptions())
  const stored = await readDigest(key)
  expect(stored).toMatchObject({ size: file.size, type: 'image/jpeg', sha256: await sha256(file) })
  expect(crc64).toMatch(/^\d+$/)
  expect(file.size).toBeLessThan(photo.size)
})

it('prepares what is added to the element, by its event', async () => {
  const { headers, ...options } = await buildOptions()
  const element = document.createElement('oss-upload')
  Object.assign(element, { headers, options })
  element.setAttribute('endpoint', options.endpoint)
  element.setAttribute('profile', options.profile)
  const prepared = new WeakSet<File>()
  element.addEventListener('upload-add', async (event) => {
    const { file } = event.detail
    if (prepared.has(file)) return
    event.preventDefault()
    const result = await prepare(file, [stripGps(), resizeImage({ maxWidth: 200 })])
    prepared.add(result)
    element.add([result])
  })
  document.body.append(element)
  const photo = await buildPhoto([], { width: 800, height: 600 })
  const done = new Promise<{ key: string }>((resolve) => {
    element.addEventListener('upload-done', ({ detail }) => resolve(detail.result))
  })
  element.add([photo])
  const { size } = await readDigest((await done).key)
  expect([element.entries.length, element.entries[0]?.size]).toEqual([1, size])
  expect(size).toBeLessThan(photo.size)
  element.remove()
})
