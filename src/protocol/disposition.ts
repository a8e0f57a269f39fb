/**
 * `Content-Disposition` for a file that browsers save.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266#section-4
 */
import { encodeRfc3986 } from './bytes.ts'

/** What no file system takes, and what would end the quotes. */
const UNSAFE = /[\p{Cc}"\\/]/gu

/** For browsers that do not know RFC 8187 a name of ASCII, for all others the name itself. */
export function buildDisposition(name: string): string {
  const safe = name.toWellFormed().replace(UNSAFE, '_')
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replaceAll('%', '_')
  const plain = `attachment; filename="${ascii}"`
  return ascii === safe ? plain : `${plain}; filename*=UTF-8''${encodeRfc3986(safe)}`
}
