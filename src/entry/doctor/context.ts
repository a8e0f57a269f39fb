/** What the checks are given: the settings, as the service reads them, and the ports. */

import type { AuthOptions } from '../../service/auth.ts'
import { buildCallbackUrl } from '../../service/callback-url.ts'
import { readProfiles } from '../../service/profiles.ts'
import { chooseAddressing } from '../../service/settings.ts'
import type { ReadyProfile } from '../../signer/profile.ts'
import { createSecrets, type Secrets } from '../../signer/token.ts'
import type { Config } from '../config.ts'
import type { Finding } from './finding.ts'
import type { OssPlace } from './oss-call.ts'
import type { DoctorPorts } from './ports.ts'

/** Without `auth` where a program recognises its users itself. */
export type DoctorConfig = Omit<Config, 'auth'> & { auth?: AuthOptions | undefined }

export interface DoctorContext {
  config: DoctorConfig
  profiles: readonly ReadyProfile[]
  /** Of sessions, seals and the doctor's own tokens. */
  secrets: Secrets
  ports: DoctorPorts
  /** The public URL without its last slash. */
  publicUrl: string
  callbackUrl: string
  /** Where browsers reach the bucket. */
  place: OssPlace
}

export type Check = (context: DoctorContext) => Promise<Finding[]>

export function createContext(config: DoctorConfig, ports: DoctorPorts): DoctorContext {
  const { bucket, region, endpoint, addressing, publicUrl, secret } = config
  return {
    config,
    ports,
    profiles: [...readProfiles(config.profiles).profiles.values()],
    secrets: createSecrets(secret),
    publicUrl: new URL(publicUrl).href.replace(/\/$/, ''),
    callbackUrl: buildCallbackUrl(publicUrl),
    place: { bucket, region, endpoint, addressing: addressing ?? chooseAddressing(endpoint) },
  }
}

/** Where in the bucket a profile stores: its key up to the first placeholder. */
export function readPrefix({ template: { pieces } }: ReadyProfile): string {
  return pieces[0] ?? ''
}

/** Profiles may be many; each of their prefixes costs several requests. */
const MAX_PREFIXES = 20

/** Each prefix once, at most 20. */
export function listPrefixes(profiles: readonly ReadyProfile[]): string[] {
  return [...new Set(profiles.map(readPrefix))].slice(0, MAX_PREFIXES)
}
