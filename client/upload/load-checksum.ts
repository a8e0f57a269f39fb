/**
 * Loads the CRC-64 module when it is first needed: the client is smaller without it.
 */
import type { Checksum } from './checksum.ts'

let loading: Promise<Checksum | undefined> | undefined

/** @returns undefined where the module cannot be loaded: the upload continues without the check */
export function loadChecksum(): Promise<Checksum | undefined> {
  loading ??= import('./checksum.ts').then(
    ({ createChecksum }) => createChecksum(),
    () => {
      loading = undefined
      return undefined
    },
  )
  return loading
}
