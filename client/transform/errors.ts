/** The error of transforms. */

/**
 * - `ABORTED`: the signal was aborted
 * - `IMAGE_UNREADABLE`: no picture, though name or type says so, or one that is too large for this device
 * - `JPEG_MALFORMED`: the structure of the JPEG is broken, so nobody can say where its position data are
 * - `OPTIONS`: an option of the page has a wrong value
 * - `TRANSFORM_FAILED`: a transform of the page failed (`cause`), or returned no file
 */
export type TransformErrorCode =
  | 'ABORTED'
  | 'IMAGE_UNREADABLE'
  | 'JPEG_MALFORMED'
  | 'OPTIONS'
  | 'TRANSFORM_FAILED'

/** Why a file could not be prepared. `code` is the contract, `message` is for people. */
export class TransformError extends Error {
  override readonly name: string
  readonly code: TransformErrorCode

  constructor(code: TransformErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = code === 'ABORTED' ? 'AbortError' : 'TransformError'
    this.code = code
  }
}
