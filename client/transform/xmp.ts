/**
 * Position data in an XMP packet: properties such as `exif:GPSLatitude`, as attributes or as elements. They become
 * spaces, which XML ignores there; the length stays.
 *
 * @see https://developer.adobe.com/xmp/docs/XMPNamespaces/exif/
 */

/** A value that is longer is no position. */
const MAX_VALUE = 4096
const NAME = String.raw`[\w.-]{1,32}:GPS\w{1,64}`
const PROPERTY = new RegExp(
  [
    String.raw`\s${NAME}\s{0,8}=\s{0,8}(?:"[^"<]{0,${MAX_VALUE}}"|'[^'<]{0,${MAX_VALUE}}')`,
    String.raw`<(?<name>${NAME})(?:\s[^<>]{0,${MAX_VALUE}})?(?:/>|>[^]{0,${MAX_VALUE}}?</\k<name>\s{0,8}>)`,
  ].join('|'),
  'g',
)
/** In whatever form was not recognised. */
const LEFT_OVER = new RegExp(NAME)

/**
 * Removes position data in place. Where some are left in a form that is not known, the whole packet becomes spaces.
 *
 * @param packet UTF-8, as the whole segment or a part of it. @returns whether there were any
 */
export function removeGpsProperties(packet: Uint8Array): boolean {
  // One character a byte: places in the text are places in the packet.
  const text = toLatin1(packet)
  if (!LEFT_OVER.test(text)) return false
  const cleaned = text.replace(PROPERTY, (found) => ' '.repeat(found.length))
  const result = LEFT_OVER.test(cleaned) ? ' '.repeat(text.length) : cleaned
  for (let at = 0; at < packet.length; at += 1) packet[at] = result.charCodeAt(at)
  return true
}

/** `TextDecoder` has no such encoding: its `latin1` is windows-1252. */
function toLatin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
