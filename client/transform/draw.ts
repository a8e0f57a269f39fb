/** Decodes, scales and encodes one picture. Runs in a worker, by its source text, and on the page. */

export interface DrawOptions {
  maxWidth: number
  maxHeight: number
  /** Of the result; JPEG where the browser cannot encode it. */
  type: string
  /** 0 … 1, for JPEG and WebP. */
  quality: number
  /** The type of the file is `type`: a picture that fits needs no change. */
  mayKeep: boolean
}

/**
 * Uses nothing outside itself: a worker runs its source text.
 *
 * @returns undefined where the picture fits as it is. @throws the browser's error for what it cannot decode
 */
export async function drawPicture(
  file: Blob,
  { maxWidth, maxHeight, type, quality, mayKeep }: DrawOptions,
): Promise<Blob | undefined> {
  // Turned as EXIF says; the result has no EXIF data.
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    const scale = Math.min(1, maxWidth / picture.width, maxHeight / picture.height)
    if (scale === 1 && mayKeep) return undefined
    const width = Math.max(1, Math.round(picture.width * scale))
    const height = Math.max(1, Math.round(picture.height * scale))
    const encode = async (wanted: string): Promise<Blob> => {
      const canvas =
        typeof OffscreenCanvas === 'function'
          ? new OffscreenCanvas(width, height)
          : Object.assign(document.createElement('canvas'), { width, height })
      const context = canvas.getContext('2d') as
        | OffscreenCanvasRenderingContext2D
        | CanvasRenderingContext2D
        | null
      if (!context) throw new Error('There is no canvas.')
      if (wanted === 'image/jpeg') {
        // JPEG has no transparency, and black is what would be left.
        context.fillStyle = '#fff'
        context.fillRect(0, 0, width, height)
      }
      context.imageSmoothingQuality = 'high'
      context.drawImage(picture, 0, 0, width, height)
      if ('convertToBlob' in canvas) return canvas.convertToBlob({ type: wanted, quality })
      return new Promise((resolve, reject) => {
        canvas.toBlob(
          (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))),
          wanted,
          quality,
        )
      })
    }
    const blob = await encode(type)
    // A browser that cannot encode a type makes a PNG.
    return blob.type === type ? blob : await encode('image/jpeg')
  } finally {
    picture.close()
  }
}
