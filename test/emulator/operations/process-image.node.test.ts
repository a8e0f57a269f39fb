/** @see https://www.alibabacloud.com/help/en/oss/user-guide/resize-images-4 */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createImageProcessor } from '../../../src/dev/image-processor.ts'
import { planResize } from '../../../src/emulator/operations/process-image.ts'
import { bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

const facts = { width: 200, height: 100, format: 'jpg' }

describe('image/resize', () => {
  // The manual's own picture of 200 × 100 pixels.
  it.each([
    ['w_150,h_80', 150, 75],
    ['m_lfit,w_150,h_80', 150, 75],
    ['m_fixed,w_150,h_80', 150, 80],
    ['w_100', 100, 50],
    ['h_25,', 50, 25],
    ['w_1', 1, 1],
    ['w_400', 200, 100],
    ['w_400,limit_1', 200, 100],
    ['w_400,limit_0', 400, 200],
    ['m_fixed,w_50', 50, 25],
  ])('%s makes %i × %i pixels of 200 × 100', (text, width, height) => {
    expect(planResize(text, facts)).toEqual({ width, height })
  })

  it.each([
    ['w_0', 'InvalidArgument'],
    ['w_16385', 'InvalidArgument'],
    ['w_x', 'InvalidArgument'],
    ['w_40,limit_2', 'InvalidArgument'],
    ['', 'NotImplemented'],
    ['m_fill,w_40,h_40', 'NotImplemented'],
    ['p_50', 'NotImplemented'],
    ['w_40,color_FFFFFF', 'NotImplemented'],
  ])('%j ends with %s', (text, code) => {
    expect(() => planResize(text, facts)).toThrow(expect.objectContaining({ code }))
  })
})

describe('a picture in the local OSS', () => {
  const picture = sharp({ create: { width: 200, height: 100, channels: 3, background: '#00f' } })

  async function setUp(body: Uint8Array, hasProcessor = true) {
    const imageProcessor = createImageProcessor()
    const fixture = createEmulatorWithClient(hasProcessor ? { imageProcessor } : {})
    await fixture.send({ method: 'PUT', key: '夏天.jpg' }, new Uint8Array(body))
    return (process: string) =>
      fixture.send({ method: 'GET', key: '夏天.jpg', query: { 'x-oss-process': process } })
  }

  it('is delivered smaller, in its own format', async () => {
    const get = await setUp(await picture.clone().jpeg().toBuffer())
    const response = await get('image/resize,w_40')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    const { width, height, format } = await sharp(await response.arrayBuffer()).metadata()
    expect([width, height, format]).toEqual([40, 20, 'jpeg'])
  })

  it('tells its size and format', async () => {
    const bytes = await picture.clone().png().toBuffer()
    const response = await (await setUp(bytes))('image/info')
    expect(await response.json()).toEqual({
      FileSize: { value: String(bytes.length) },
      Format: { value: 'png' },
      ImageHeight: { value: '100' },
      ImageWidth: { value: '200' },
    })
  })

  it.each([
    'image/blur,r_3,s_2',
    'image/resize,w_40/format,webp',
    'style/own',
    'video/snapshot',
    '',
  ])('is not processed by %j, and the response says so', async (process) => {
    const get = await setUp(await picture.clone().png().toBuffer())
    expect(await readError(await get(process))).toMatchObject({ code: 'NotImplemented' })
  })

  it('is not processed without a processor', async () => {
    const get = await setUp(await picture.clone().png().toBuffer(), false)
    expect(await readError(await get('image/info'))).toMatchObject({ code: 'NotImplemented' })
  })

  it.each(['image/info', 'image/resize,w_40'])(
    'that is none ends with an error: %s',
    async (process) => {
      const get = await setUp(bytesOf('no picture'))
      expect(await readError(await get(process))).toMatchObject({ code: 'InvalidArgument' })
      const empty = await setUp(new Uint8Array())
      expect(await readError(await empty(process))).toMatchObject({ code: 'InvalidArgument' })
    },
  )

  it('of more than 20 MB is not read', async () => {
    const get = await setUp(new Uint8Array(20 * 1024 * 1024 + 1))
    expect(await readError(await get('image/info'))).toMatchObject({ code: 'ImageTooLarge' })
  })
})
