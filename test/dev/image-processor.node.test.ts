import sharp from 'sharp'
import { expect, it } from 'vitest'
import { createImageProcessor } from '../../src/dev/image-processor.ts'

const processor = createImageProcessor()
const picture = sharp({ create: { width: 40, height: 20, channels: 3, background: '#f00' } })
const resize = { width: 8, height: 5, fit: 'stretch', background: '#ffffff' } as const

it.each(['jpeg', 'png', 'webp', 'gif'] as const)(
  'makes a picture of the same type: %s',
  async (type) => {
    const bytes = await picture.clone().toFormat(type).toBuffer()
    const format = type === 'jpeg' ? 'jpg' : type
    expect(await processor.read(bytes)).toEqual({ width: 40, height: 20, format })
    const smaller = await processor.resize(bytes, resize)
    expect(await processor.read(smaller)).toEqual({ width: 8, height: 5, format })
  },
)

it('refuses what is no picture', async () => {
  const bytes = new TextEncoder().encode('no picture')
  await expect(processor.read(bytes)).rejects.toThrow()
  await expect(processor.resize(bytes, resize)).rejects.toThrow()
})
