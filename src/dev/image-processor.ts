/** Pictures for the local OSS of the dev server, by sharp: a tool of this project, not a dependency of the package. */
import sharp from 'sharp'
import type { ImageProcessor } from '../emulator/operations/context.ts'

export function createImageProcessor(): ImageProcessor {
  return {
    async read(bytes) {
      const { width, height, format } = await sharp(bytes).metadata()
      return { width, height, format: format === 'jpeg' ? 'jpg' : format }
    },
    async resize(bytes, { width, height }) {
      return sharp(bytes).resize(width, height, { fit: 'fill' }).toBuffer()
    },
  }
}
