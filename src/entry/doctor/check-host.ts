/** DNS and TLS of a host that OSS calls back, as OSS reaches it: by IPv4, and with or without the host's name (SNI). */
import { isLocalOss, isPrivateHost } from '../../service/reachable.ts'
import type { DoctorContext } from './context.ts'
import { type Text, text } from './finding.ts'
import { describeNetwork, findCode, type Hop } from './network.ts'

export type HostState =
  | { kind: 'ok'; words: Text /** Days until the certificate ends. */; daysLeft?: number }
  | { kind: 'failed'; hop: Hop; words: Text }

const DAY_MS = 86_400_000

const isV4 = (address: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)

/** @param url of the callback */
export async function resolveHost(
  { hostname }: URL,
  { ports, config }: Pick<DoctorContext, 'ports' | 'config'>,
): Promise<HostState> {
  let addresses: string[]
  try {
    addresses = isV4(hostname) ? [hostname] : await ports.resolve(hostname)
  } catch (error) {
    const { words } = describeNetwork(findCode(error))
    return {
      kind: 'failed',
      hop: 'dns',
      words: text(`${hostname}: ${words.en}`, `${hostname}:${words.zh}`),
    }
  }
  const four = addresses.filter(isV4)
  const [first] = four
  if (first === undefined) {
    const words = text(`${hostname} has no IPv4 address`, `${hostname} 没有 IPv4 地址`)
    return { kind: 'failed', hop: 'dns', words }
  }
  if (!isLocalOss(config.endpoint) && four.every(isPrivateHost)) {
    const words = text(
      `${hostname} has a private address only (${first})`,
      `${hostname} 只有内网地址(${first})`,
    )
    return { kind: 'failed', hop: 'dns', words }
  }
  return { kind: 'ok', words: text(`${hostname} is ${first}`, `${hostname} 的地址为 ${first}`) }
}

/** @param withName whether the callback sends SNI */
export async function shakeHands(
  { hostname, port }: URL,
  { ports }: Pick<DoctorContext, 'ports'>,
  withName: boolean,
): Promise<HostState> {
  const result = await ports.connectTls({
    host: hostname,
    port: port === '' ? 443 : Number(port),
    serverName: withName ? hostname : undefined,
  })
  if (result.kind === 'failed') {
    const { hop, words } = describeNetwork(result.code)
    return { kind: 'failed', hop, words }
  }
  const daysLeft = Math.floor((result.validTo.getTime() - ports.now().getTime()) / DAY_MS)
  return {
    kind: 'ok',
    daysLeft,
    words: text(`The certificate is valid for ${daysLeft} days`, `证书还有 ${daysLeft} 天有效`),
  }
}
