/**
 * The media type of a file for which the browser has none, e.g. `IMG_1.HEIC` in Chromium on Linux: by the extension
 * of its name, else by its first bytes. The service decides what it accepts.
 *
 * @see https://www.iana.org/assignments/media-types/media-types.xhtml
 */

/** Type and its extensions, a line each. Not among them: types that browsers run (HTML, SVG, scripts). */
const EXTENSIONS = `
application/epub+zip epub
application/gzip gz tgz
application/msword doc
application/pdf pdf
application/rtf rtf
application/vnd.ms-excel xls
application/vnd.ms-powerpoint ppt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/x-7z-compressed 7z
application/x-tar tar
application/zip zip
audio/aac aac
audio/flac flac
audio/mp4 m4a
audio/mpeg mp3
audio/ogg oga ogg opus
audio/wav wav
image/avif avif
image/bmp bmp
image/gif gif
image/heic heic
image/heif heif
image/jpeg jpeg jpg
image/jxl jxl
image/png png
image/tiff tif tiff
image/webp webp
text/csv csv
text/markdown md
text/plain log txt
video/3gpp 3gp
video/mp4 m4v mp4
video/mpeg mpeg mpg
video/quicktime mov
video/webm webm
video/x-matroska mkv
video/x-msvideo avi`

/** Type, offset, and the bytes that stand there: text in Latin-1. */
const SIGNATURES: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/bmp', 0, 'BM'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/avif', 4, 'ftypavi'],
  ['image/heic', 4, 'ftyphei'],
  ['image/heic', 4, 'ftyphev'],
  ['image/heif', 4, 'ftypmif1'],
  ['image/jxl', 0, '\xff\x0a'],
  ['audio/mp4', 4, 'ftypM4A'],
  ['video/quicktime', 4, 'ftypqt'],
  ['video/3gpp', 4, 'ftyp3g'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1aE\xdf\xa3'],
  ['video/x-msvideo', 8, 'AVI '],
  ['audio/wav', 8, 'WAVE'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/ogg', 0, 'OggS'],
  ['audio/flac', 0, 'fLaC'],
  ['application/pdf', 0, '%PDF-'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/gzip', 0, '\x1f\x8b'],
  ['application/x-7z-compressed', 0, '7z\xbc\xaf\x27\x1c'],
]

/** All signatures end before this. */
const HEAD_BYTES = 16

/** @returns undefined for a name without an extension that is known */
export function findByExtension(name: string): string | undefined {
  const extension = /\.(\w+)$/.exec(name.toLowerCase())?.[1]
  const line = EXTENSIONS.split('\n').find((text) => text.split(' ').indexOf(extension ?? '') > 0)
  return line?.split(' ')[0]
}

/** @returns '' when neither name nor bytes tell. @throws the browser's error for a file that cannot be read */
export async function findMediaType(file: Blob, name: string): Promise<string> {
  const known = findByExtension(name)
  if (known) return known
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  const head = String.fromCharCode(...bytes)
  const found = SIGNATURES.find(([, offset, text]) => head.startsWith(text, offset))
  return found?.[0] ?? ''
}
