/** Pictures for the local OSS of the dev server, by sharp: a tool of this project, not a dependency of the package. */
import sharp, { type FitEnum } from 'sharp'
import type { ImageProcessor, ImageResize } from '../emulator/operations/context.ts'

const FITS = { stretch: 'fill', cover: 'cover', contain: 'contain' } as const satisfies Record<
  ImageResize['fit'],
  keyof FitEnum
>

export function createImageProcessor(): ImageProcessor {
  return {
    async read(bytes) {
      const { width, height, format } = await sharp(bytes).metadata()
      return { width, height, format: format === 'jpeg' ? 'jpg' : format }
    },
    async resize(bytes, { width, height, fit, background }) {
      return sharp(bytes).resize(width, height, { fit: FITS[fit], background }).toBuffer()
    },
  }
}
