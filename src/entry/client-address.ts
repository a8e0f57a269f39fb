/**
 * Which address a request came from. Nobody is believed by default, since every client can send `X-Forwarded-For`.
 */
import type { ClientAddress } from '../service/rate-guard.ts'

/** Characters; the longest textual address has 45. */
const MAX_ADDRESS_CHARS = 64

/** The address at the other end of the connection; right only without a proxy in front. */
export interface SocketAddresses {
  note(request: Request, address: string | undefined): void
  find: ClientAddress
}

export function createSocketAddresses(): SocketAddresses {
  const addresses = new WeakMap<Request, string>()
  return {
    note(request, address) {
      if (address !== undefined) addresses.set(request, address)
    },
    find: (request) => addresses.get(request),
  }
}

/**
 * By a header that the proxy in front sets. Of a list, such as in `X-Forwarded-For`, the last entry counts: the one that
 * the proxy itself added.
 */
export function createHeaderAddress(name: string): ClientAddress {
  return (request) => {
    const last = request.headers.get(name)?.split(',').at(-1)?.trim()
    return last && last.length <= MAX_ADDRESS_CHARS && /^[0-9a-f.:]+$/i.test(last)
      ? last
      : undefined
  }
}
