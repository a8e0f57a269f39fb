/** The CORS rule of docs/service.md for these origins and methods. */

/** What pages read of OSS's responses: lower case. */
export const EXPOSED = ['x-oss-request-id', 'x-oss-hash-crc64ecma'] as const

/** Of preflights, seconds. */
export const MAX_AGE_SECONDS = 600

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function listElements(name: string, texts: readonly string[]): string {
  return texts.map((text) => `  <${name}>${escapeXml(text)}</${name}>\n`).join('')
}

export function buildCorsRule(origins: readonly string[], methods: readonly string[]): string {
  return `<CORSRule>
${listElements('AllowedOrigin', origins)}${listElements('AllowedMethod', [...methods].sort().reverse())}  <AllowedHeader>*</AllowedHeader>
${listElements('ExposeHeader', EXPOSED)}  <MaxAgeSeconds>${MAX_AGE_SECONDS}</MaxAgeSeconds>
</CORSRule>`
}
