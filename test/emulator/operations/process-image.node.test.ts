/** @see https://www.alibabacloud.com/help/en/oss/user-guide/resize-images-4 */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createImageProcessor } from '../../../src/dev/image-processor.ts'
import { bytesOf, createEmulatorWithClient, readError } from '../emulator-with-client.ts'

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

  /** Blue, with a red edge left and right. */
  async function drawEdges(): Promise<Uint8Array> {
    const edge = { create: { width: 50, height: 100, channels: 3, background: '#f00' } } as const
    const edges = [
      { input: edge, left: 0, top: 0 },
      { input: edge, left: 150, top: 0 },
    ]
    return picture.clone().composite(edges).png().toBuffer()
  }
  const [RED, BLUE, WHITE, GREEN] = ['255,0,0', '0,0,255', '255,255,255', '0,255,0']

  it.each([
    ['image/resize,m_lfit,w_150,h_80', 150, 75, RED, BLUE],
    ['image/resize,m_mfit,w_150,h_80', 160, 80, RED, BLUE],
    ['image/resize,m_fixed,w_150,h_80', 150, 80, RED, BLUE],
    // The middle of it: the edges are cut off.
    ['image/resize,m_fill,w_50,h_80', 50, 80, BLUE, BLUE],
    // All of it in the middle: above and below is the colour.
    ['image/resize,m_pad,w_100,h_100', 100, 100, WHITE, BLUE],
    ['image/resize,m_pad,w_100,h_100,color_00FF00', 100, 100, GREEN, BLUE],
  ])(
    'by %s has %i × %i pixels, %s in the corner and %s in the middle',
    async (process, width, height, corner, middle) => {
      const response = await (await setUp(await drawEdges()))(process)
      const { data, info } = await sharp(await response.arrayBuffer())
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      const read = (x: number, y: number) => {
        const at = (y * info.width + x) * info.channels
        return data.subarray(at, at + 3).join()
      }
      const centre = read(Math.floor(width / 2), Math.floor(height / 2))
      expect([info.width, info.height]).toEqual([width, height])
      expect([read(0, 0), centre]).toEqual([corner, middle])
    },
  )

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
