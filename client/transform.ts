/** oss-upcall/transform: files are changed in the page before they are uploaded. A separate entry: few pages need it. */
export { TransformError, type TransformErrorCode } from './transform/errors.ts'
export { prepare, type Transform, type TransformContext } from './transform/prepare.ts'
export { type ResizeOptions, resizeImage } from './transform/resize-image.ts'
export { stripGps } from './transform/strip-gps.ts'
