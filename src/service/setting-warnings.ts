/** What may be wrong with settings that can work: said once, at start. */
import type { ExpiringCredentials } from '../signer/credentials.ts'
import { isLocalOss } from './reachable.ts'
import { findNearestRegion, isKnownRegion } from './regions.ts'
import type { Settings } from './settings.ts'

export interface SettingWarning {
  code: 'CREDENTIALS_TEMPORARY' | 'REGION_UNKNOWN'
  message: string
}

function* findRegionWarnings({ region, endpoint }: Settings): Generator<SettingWarning> {
  if (isKnownRegion(region) || isLocalOss(endpoint)) return
  const nearest = findNearestRegion(region)
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  yield {
    code: 'REGION_UNKNOWN',
    message: `The region ${region} is not one that this version knows.${hint} With a wrong region, OSS refuses every signature.`,
  }
}

function* findCredentialWarnings({ credentials }: Settings): Generator<SettingWarning> {
  if (typeof credentials === 'function') return
  const { securityToken, expiration }: ExpiringCredentials = credentials
  if (!securityToken && expiration === undefined) return
  const end = expiration instanceof Date ? `at ${expiration.toISOString()}` : 'within hours'
  yield {
    code: 'CREDENTIALS_TEMPORARY',
    message: `The credentials are temporary and fixed: no upload works after they end, ${end}. Give a function that returns new ones.`,
  }
}

/** @param settings without issues */
export function listSettingWarnings(settings: Settings): SettingWarning[] {
  return [...findRegionWarnings(settings), ...findCredentialWarnings(settings)]
}
