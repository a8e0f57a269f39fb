import { afterEach, describe, expect, it, vi } from 'vitest'
import { prepare } from '../../../client/transform/prepare.ts'
import { type ResizeOptions, resizeImage } from '../../../client/transform/resize-image.ts'
import {
  buildExif,
  buildPhoto,
  buildTiff,
  PHONE_FIELDS,
  paint,
  readBytes,
} from '../../support/photo.ts'

afterEach(() => vi.unstubAllGlobals())

async function makeFile(width: number, height: number, type: string, name: string): Promise<File> {
  return new File([await paint(width, height, type)], name, {
    type,
    lastModified: 1_700_000_000_000,
  })
}

const resize = (file: File, options: ResizeOptions) => prepare(file, [resizeImage(options)])

async function look(file: Blob) {
  const picture = await createImageBitmap(file)
  const { width, height } = picture
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  context?.drawImage(picture, 0, 0)
  const pixel = (x: number, y: number) => [...(context?.getImageData(x, y, 1, 1).data ?? [])]
  return { width, height, pixel }
}
const isRed = ([red = 0, green = 0, blue = 0]: number[]) => red > 230 && green < 40 && blue < 40
const isBlue = ([red = 0, green = 0, blue = 0]: number[]) => red < 40 && green < 40 && blue > 230

it.each<[ResizeOptions, number, number]>([
  [{ maxWidth: 100 }, 100, 50],
  [{ maxHeight: 25 }, 50, 25],
  [{ maxWidth: 100, maxHeight: 10 }, 20, 10],
  [{ maxWidth: 1 }, 1, 1],
])('fits a picture of 400 × 200 into %o', async (options, width, height) => {
  for (const [type, name] of [
    ['image/jpeg', '照片.JPEG'],
    ['image/png', 'a.png'],
  ] as const) {
    const file = await makeFile(400, 200, type, name)
    const result = await resize(file, options)
    const seen = await look(result)
    expect([seen.width, seen.height]).toEqual([width, height])
    expect([result.type, result.name, result.lastModified]).toEqual([type, name, file.lastModified])
  }
})

it('shows the same picture, smaller in bytes', async () => {
  const file = await makeFile(1200, 800, 'image/jpeg', 'a.jpg')
  const result = await resize(file, { maxWidth: 300 })
  const { pixel } = await look(result)
  expect([isRed(pixel(20, 100)), isBlue(pixel(280, 100))]).toEqual([true, true])
  expect(result.size).toBeLessThan(file.size)
})

it('turns it as EXIF says, and leaves no EXIF data', async () => {
  const photo = await buildPhoto([buildExif(buildTiff(PHONE_FIELDS, [], false))], {
    width: 400,
    height: 200,
  })
  const result = await resize(photo, { maxHeight: 100 })
  const { width, height, pixel } = await look(result)
  // Orientation 6: what was left is above.
  expect([width, height]).toEqual([50, 100])
  expect([isRed(pixel(25, 10)), isBlue(pixel(25, 90))]).toEqual([true, true])
  const text = new TextDecoder('latin1').decode(await readBytes(result))
  expect(text).not.toMatch(/Exif|Maker of phones/)
})

it('returns the same file when it fits, and never makes it larger', async () => {
  const file = await makeFile(40, 20, 'image/png', 'a.png')
  expect(await resize(file, { maxWidth: 40, maxHeight: 20 })).toBe(file)
  expect(await resize(file, { type: 'image/png' })).toBe(file)
})

it('changes the type, with white where JPEG has no transparency', async () => {
  const canvas = new OffscreenCanvas(10, 10)
  canvas.getContext('2d')
  const file = new File([await canvas.convertToBlob()], '图.v2.png', { type: 'image/png' })
  const result = await resize(file, { type: 'image/jpeg', quality: 0.9 })
  expect([result.type, result.name]).toEqual(['image/jpeg', '图.v2.jpg'])
  const { pixel } = await look(result)
  expect(pixel(5, 5)).toEqual([255, 255, 255, 255])
  const nameless = new File([await canvas.convertToBlob()], 'noname', { type: 'image/png' })
  expect((await resize(nameless, { type: 'image/jpeg' })).name).toBe('noname.jpg')
})

it('makes WebP, or JPEG in a browser that cannot', async () => {
  const file = await makeFile(40, 20, 'image/png', 'a.png')
  const result = await resize(file, { type: 'image/webp' })
  expect(['image/webp a.webp', 'image/jpeg a.jpg']).toContain(`${result.type} ${result.name}`)
  expect((await look(result)).width).toBe(40)
})

it('obeys the quality', async () => {
  const file = await makeFile(600, 600, 'image/png', 'a.png')
  const [low, high] = await Promise.all(
    [0.1, 1].map((quality) => resize(file, { type: 'image/jpeg', quality })),
  )
  expect(low?.size).toBeLessThan(high?.size ?? 0)
})

it('knows a picture without a type by its first bytes', async () => {
  const file = new File([await paint(40, 20, 'image/png')], 'wx_camera_1')
  const result = await resize(file, { maxWidth: 10 })
  expect([result.type, result.name]).toEqual(['image/png', 'wx_camera_1.png'])
})

describe('returned as they are:', () => {
  it.each([
    ['a document', new File(['%PDF-1.7'], 'a.pdf', { type: 'application/pdf' })],
    ['a drawing', new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' })],
    ['an animation', new File(['GIF89a'], 'a.gif', { type: 'image/gif' })],
    ['what this browser cannot decode', new File(['x'], 'a.heic', { type: 'image/heic' })],
    ['nothing', new File([], 'a.txt')],
  ])('%s', async (_, file) => {
    expect(await resize(file, { maxWidth: 10, type: 'image/jpeg' })).toBe(file)
  })
})

it('refuses a picture that is broken, or none', async () => {
  const whole = await makeFile(40, 20, 'image/png', 'a.png')
  const type = 'image/png'
  for (const file of [
    new File([], 'empty.png', { type }),
    new File(['no picture'], 'text.png', { type }),
    new File([whole.slice(0, 30)], 'cut.png', { type }),
  ]) {
    await expect(resize(file, { maxWidth: 10 })).rejects.toMatchObject({
      name: 'TransformError',
      code: 'IMAGE_UNREADABLE',
    })
  }
  // The next one is drawn nevertheless.
  expect((await look(await resize(whole, { maxWidth: 10 }))).width).toBe(10)
})

it.each([
  { maxWidth: 0 },
  { maxWidth: 1.5 },
  { maxHeight: -1 },
  { maxHeight: Number.NaN },
  { maxWidth: 1e6 },
  { quality: 2 },
  { quality: Number.NaN },
  { type: 'image/gif' as 'image/png' },
  { type: 'toString' as 'image/png' },
])('refuses the options %o at once', (options) => {
  expect(() => resizeImage(options)).toThrow(expect.objectContaining({ code: 'OPTIONS' }))
})

it('works where the page may have no workers', async () => {
  let count = 0
  class RefusedWorker {
    constructor() {
      count += 1
      throw new DOMException('refused', 'SecurityError')
    }
  }
  vi.stubGlobal('Worker', RefusedWorker)
  const file = await makeFile(40, 20, 'image/jpeg', 'a.jpg')
  expect((await look(await resize(file, { maxWidth: 10 }))).width).toBe(10)
  expect(count).toBe(1)
})
