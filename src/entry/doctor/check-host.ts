/** DNS and TLS of a host that OSS calls back, as OSS reaches it: by IPv4, and with or without the host's name (SNI). */
import { isLocalOss, isPrivateHost } from '../../service/reachable.ts'
import type { DoctorContext } from './context.ts'
import { type Text, text } from './finding.ts'
import { describeNetwork, findCode, type Hop } from './network.ts'

export interface HostFault {
  kind: 'failed'
  hop: Hop
  words: Text
}

/** @param address IPv4: OSS calls no other */
export type NameState = { kind: 'ok'; words: Text; address: string } | HostFault

/** @param daysLeft until the certificate ends */
export type TlsState = { kind: 'ok'; words: Text; daysLeft: number } | HostFault

const DAY_MS = 86_400_000

const isV4 = (address: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)

/** @param url of the callback */
export async function resolveHost(
  { hostname }: URL,
  { ports, config }: Pick<DoctorContext, 'ports' | 'config'>,
): Promise<NameState> {
  let addresses: string[]
  try {
    addresses = isV4(hostname) ? [hostname] : await ports.resolve(hostname)
  } catch (error) {
    const { words } = describeNetwork(findCode(error))
    return {
      kind: 'failed',
      hop: 'dns',
      words: text(`${hostname}: ${words.en}`, `${hostname}：${words.zh}`),
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
      `${hostname} 只有内网地址（${first}）`,
    )
    return { kind: 'failed', hop: 'dns', words }
  }
  const words = text(`${hostname} is ${first}`, `${hostname} 的地址为 ${first}`)
  return { kind: 'ok', words, address: first }
}

/** @param options.withName whether the callback sends SNI */
export async function checkHandshake(
  { hostname, port }: URL,
  { ports }: Pick<DoctorContext, 'ports'>,
  { address, withName }: { address: string; withName: boolean },
): Promise<TlsState> {
  const result = await ports.connectTls({
    host: hostname,
    port: port === '' ? 443 : Number(port),
    address,
    withName,
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
