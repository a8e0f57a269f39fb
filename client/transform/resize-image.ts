/** `resizeImage()`: makes pictures smaller before they are uploaded. */
import { loadMediaType } from '../upload/load-media-type.ts'
import { isAnimated } from './animation.ts'
import { drawInTurn } from './draw-in-worker.ts'
import { TransformError } from './errors.ts'
import { type Transform, throwIfAborted } from './prepare.ts'

export interface ResizeOptions {
  /** Pixels; the proportions stay, and nothing is made larger. @default no limit */
  maxWidth?: number
  /** Pixels. @default no limit */
  maxHeight?: number
  /** @default the file's own; JPEG for types that browsers cannot encode, such as HEIC and AVIF */
  type?: 'image/jpeg' | 'image/png' | 'image/webp'
  /** Of JPEG and WebP, 0 … 1. @default 0.85 */
  quality?: number
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
}
/** Every browser decodes these: one that cannot be decoded is broken. */
const DECODED_EVERYWHERE = Object.keys(EXTENSIONS)
/** Some browsers decode these; elsewhere they are uploaded as they are. */
const DECODED_SOMEWHERE = ['image/avif', 'image/bmp', 'image/heic', 'image/heif']

/** Sides of a canvas: Safari's and Chromium's limits are above. */
const MAX_SIDE = 16_384
const DEFAULT_QUALITY = 0.85

/**
 * A transform for `prepare`. Returned as they are: pictures that fit and have the type, animations, drawings (SVG), what this
 * browser cannot decode, and everything that is no picture. A changed file has no EXIF data any more, GPS included.
 *
 * @throws TransformError `OPTIONS` at once; `IMAGE_UNREADABLE` for a JPEG, PNG or WebP that is broken
 */
export function resizeImage(options: ResizeOptions): Transform {
  const { maxWidth, maxHeight, type, quality = DEFAULT_QUALITY } = options
  for (const [name, side] of Object.entries({ maxWidth, maxHeight })) {
    if (side !== undefined && !(Number.isInteger(side) && side >= 1 && side <= MAX_SIDE)) {
      throw new TransformError('OPTIONS', `${name} must be 1 to ${MAX_SIDE} pixels.`)
    }
  }
  if (!(quality >= 0 && quality <= 1)) throw new TransformError('OPTIONS', 'quality is 0 to 1.')
  if (type !== undefined && !Object.hasOwn(EXTENSIONS, type)) {
    throw new TransformError('OPTIONS', `type must be one of ${DECODED_EVERYWHERE.join(', ')}.`)
  }

  return async (file, { signal }) => {
    const ownType = file.type || (await loadMediaType(file))
    const isDecodedEverywhere = DECODED_EVERYWHERE.includes(ownType)
    if (!isDecodedEverywhere && !DECODED_SOMEWHERE.includes(ownType)) return file
    if (await isAnimated(file)) return file
    const wanted = type ?? (isDecodedEverywhere ? ownType : 'image/jpeg')
    let blob: Blob | undefined
    try {
      blob = await drawInTurn(
        file,
        {
          maxWidth: maxWidth ?? MAX_SIDE,
          maxHeight: maxHeight ?? MAX_SIDE,
          type: wanted,
          quality,
          mayKeep: wanted === ownType || (type === undefined && !isDecodedEverywhere),
        },
        signal,
      )
    } catch (cause) {
      if (cause instanceof TransformError) throw cause
      throwIfAborted(signal)
      if (!isDecodedEverywhere) return file
      throw new TransformError('IMAGE_UNREADABLE', `${file.name} cannot be decoded.`, { cause })
    }
    if (!blob) return file
    const name = replaceExtension(file.name, EXTENSIONS[blob.type] ?? '')
    return new File([blob], name, { type: blob.type, lastModified: file.lastModified })
  }
}

/** The name stays where its extension is right already, `.jpeg` for example. */
function replaceExtension(name: string, extension: string): string {
  const pattern = extension === 'jpg' ? /\.jpe?g$/i : new RegExp(`\\.${extension}$`, 'i')
  return pattern.test(name) ? name : `${name.replace(/\.[^.]{1,5}$/, '')}.${extension}`
}
