/**
 * Addresses that OSS does not send callbacks to: loopback, private, link-local and other special ones.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6890
 */
const PRIVATE_V4: [network: number, bits: number][] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xe0000000, 4],
  [0xf0000000, 4],
]

function parseV4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

export function isPrivateAddress(address: string): boolean {
  const value = parseV4(address)
  // OSS sends callbacks to IPv4 addresses only, so any other address is treated as private.
  if (value === undefined) return true
  return PRIVATE_V4.some(([network, bits]) => value >>> (32 - bits) === network >>> (32 - bits))
}

/** For the host of a URL: knows literal addresses and `localhost`, the only ones that need no DNS lookup. */
export function isPrivateHost(hostName: string): boolean {
  if (hostName === 'localhost' || hostName.endsWith('.localhost')) return true
  return parseV4(hostName) !== undefined && isPrivateAddress(hostName)
}
