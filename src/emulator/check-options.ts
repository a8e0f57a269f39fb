/**
 * Checks the options of `createEmulator` and reports all issues in one error.
 */
import type { AccessKey } from './auth/access-keys.ts'
import { checkBucketName, readHostName } from './http/target.ts'
import type { BucketOptions } from './storage/bucket.ts'

/** @throws TypeError; the message names every issue */
export function checkOptions(accessKeys: AccessKey[], buckets: Required<BucketOptions>[]): void {
  const issues: string[] = []
  if (accessKeys.length === 0) issues.push('accessKeys is empty: no request could be signed')
  for (const { name } of buckets) {
    try {
      checkBucketName(name)
    } catch {
      issues.push(`${JSON.stringify(name)} is no bucket name: 3 to 63 of a-z, 0-9 and -`)
    }
  }
  const isTwice = (all: string[]) => all.find((item, at) => all.indexOf(item) < at)
  const bucket = isTwice(buckets.map(({ name }) => name))
  if (bucket !== undefined) issues.push(`bucket ${bucket} is there twice`)
  const key = isTwice(accessKeys.map(({ accessKeyId }) => accessKeyId))
  if (key !== undefined) issues.push(`access key ${key} is there twice`)
  const domain = isTwice(buckets.flatMap(({ domains }) => domains.map(readHostName)))
  if (domain !== undefined) issues.push(`domain ${domain} means two buckets`)
  if (issues.length > 0) throw new TypeError(`Emulator options: ${issues.join('; ')}.`)
}
