/**
 * Media types as browsers name them, and how they are stored.
 *
 * @see https://mimesniff.spec.whatwg.org/#parsing-a-mime-type
 */
import { isSniffedType } from './browser-types.ts'
import { UploadRefused } from './errors.ts'

export interface MediaType {
  /** `type/subtype`, lower case. */
  essence: string
  /** As it is stored: the essence, and the charset if there is one. */
  text: string
}

const OCTET_STREAM: MediaType = {
  essence: 'application/octet-stream',
  text: 'application/octet-stream',
}

const ESSENCE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/
const CHARSET = /;[ \t]*charset="?([a-z0-9._:-]{1,40})"?[ \t]*(?:;|$)/i

/**
 * Parses the type of a `File`. Parameters other than the charset are dropped: after a comma in one, browsers read a
 * second type (`image/png;x=,text/html` is shown as HTML). Types that stand for "not known" become
 * `application/octet-stream`, because browsers guess from the bytes otherwise.
 *
 * @throws {UploadRefused} `TYPE_REFUSED` for a text that is not a media type
 */
export function parseMediaType(text: string): MediaType {
  if (text === '') return OCTET_STREAM
  const end = text.indexOf(';')
  const essence = (end < 0 ? text : text.slice(0, end)).trim().toLowerCase()
  if (isSniffedType(essence)) return OCTET_STREAM
  if (!ESSENCE.test(essence)) {
    throw new UploadRefused('TYPE_REFUSED', 'The type is not a media type such as image/png.')
  }
  const charset = end < 0 ? undefined : CHARSET.exec(text.slice(end))?.[1]
  return { essence, text: charset ? `${essence};charset=${charset.toLowerCase()}` : essence }
}

const READABLE_IMAGE = /^image\/(?:jpe?g|pjpeg|png|apng|x-png|bmp|x-ms-bmp|gif|webp|tiff|hei[cf])$/

/** Whether OSS can read width and height; for other types a callback that asks for them fails. */
export function isReadableImage(essence: string): boolean {
  return READABLE_IMAGE.test(essence)
}

/** The usual extension of a type. For other types, that of the file name is taken. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/gzip': 'gz',
  'application/json': 'json',
  'application/msword': 'doc',
  'application/pdf': 'pdf',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/xml': 'xml',
  'application/zip': 'zip',
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/webm': 'weba',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/heif': 'heif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'image/tiff': 'tif',
  'image/webp': 'webp',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'video/mp4': 'mp4',
  'video/mpeg': 'mpeg',
  'video/ogg': 'ogv',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
}

/** At most ten letters and digits, lower case; empty when neither type nor name has one. */
export function chooseExtension(essence: string, fileName: string): string {
  const known = Object.hasOwn(EXTENSIONS, essence) ? EXTENSIONS[essence] : undefined
  if (known) return known
  const extension = /[^.]\.([a-z0-9]{1,10})$/i.exec(fileName)?.[1]?.toLowerCase() ?? ''
  // A file server must not take a file of another type for a page by its name.
  return /^(?:x?html?|xht|shtml|svgz?|xml|xslt?|m?js|mhtml?|swf|hta)$/.test(extension)
    ? ''
    : extension
}
