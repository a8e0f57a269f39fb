/**
 * What browsers do with a media type when somebody opens a file: run it, guess its type, or show it without running it.
 *
 * @see https://mimesniff.spec.whatwg.org/#mime-type-groups
 */

const SCRIPT =
  /^(?:text|application)\/(?:x-)?(?:javascript|ecmascript|jscript|livescript|vbscript)[\d.]*$/
const XML = /^(?:text|application)\/(?:xml|xsl|xml-dtd|xml-external-parsed-entity)$|\+xml$/
/** Types that carry a whole page, e.g. MHTML. */
const CONTAINER = /^(?:multipart|message)\//
const OTHER_ACTIVE: ReadonlySet<string> = new Set([
  'application/hta',
  'application/http-index-format',
  'application/java-archive',
  'application/mathml',
  'application/signed-exchange',
  'application/wasm',
  'application/webbundle',
  'application/x-mimearchive',
  'application/x-shockwave-flash',
  'application/xhtml',
  'image/svg',
  'text/cache-manifest',
  'text/html',
  'text/scriptlet',
  'text/x-component',
  'text/x-server-parsed-html',
])

/** Types that a browser may run in the origin of the bucket: HTML, SVG and all other XML, scripts, containers of these. */
export function isActiveType(essence: string): boolean {
  return (
    OTHER_ACTIVE.has(essence) ||
    SCRIPT.test(essence) ||
    XML.test(essence) ||
    CONTAINER.test(essence)
  )
}

/**
 * Types for which browsers guess from the bytes, HTML included.
 *
 * @see https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type
 */
export function isSniffedType(essence: string): boolean {
  return essence === 'unknown/unknown' || essence === 'application/unknown' || essence === '*/*'
}

/** Types that browsers show or play without running anything in the origin of the bucket. A PDF runs in its viewer. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  image:
    'apng avif bmp gif heic heif jpeg jpg jxl pjpeg png tiff vnd.microsoft.icon webp x-icon x-ms-bmp x-png'.split(
      ' ',
    ),
  audio:
    '3gpp aac aacp aiff basic flac midi mp3 mp4 mpeg ogg opus vnd.wave wav wave webm x-aac x-flac x-m4a x-wav'.split(
      ' ',
    ),
  video: '3gpp 3gpp2 avi mp2t mp4 mpeg ogg quicktime webm x-m4v x-matroska x-msvideo'.split(' '),
  font: 'collection otf sfnt ttf woff woff2'.split(' '),
  application: 'json ogg pdf'.split(' '),
  text: 'csv plain'.split(' '),
}

const SHOWN_ESSENCES: ReadonlySet<string> = new Set(
  Object.entries(SHOWN).flatMap(([type, subtypes]) =>
    subtypes.map((subtype) => `${type}/${subtype}`),
  ),
)

/** Whether a file of this type may be opened in the browser; all others are stored as attachments. */
export function isShownType(essence: string): boolean {
  return SHOWN_ESSENCES.has(essence)
}
