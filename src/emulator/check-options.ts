/**
 * Options that contradict each other are told at once, and all together.
 */

import { checkBucketName, readHostName } from './http/target.ts'
import type { BucketOptions, EmulatorOptions } from './options.ts'

/** @throws TypeError with every complaint */
export function checkOptions({ accessKeys }: EmulatorOptions, buckets: BucketOptions[]): void {
  const complaints: string[] = []
  if (accessKeys.length === 0) complaints.push('accessKeys is empty: nobody could sign a request')
  for (const { name } of buckets) {
    try {
      checkBucketName(name)
    } catch {
      complaints.push(`${JSON.stringify(name)} is no bucket name: 3 to 63 of a-z, 0-9 and -`)
    }
  }
  const isTwice = (all: string[]) => all.find((item, at) => all.indexOf(item) < at)
  const bucket = isTwice(buckets.map(({ name }) => name))
  if (bucket !== undefined) complaints.push(`bucket ${bucket} is there twice`)
  const key = isTwice(accessKeys.map(({ accessKeyId }) => accessKeyId))
  if (key !== undefined) complaints.push(`access key ${key} is there twice`)
  const domain = isTwice(buckets.flatMap(({ domains = [] }) => domains.map(readHostName)))
  if (domain !== undefined) complaints.push(`domain ${domain} means two buckets`)
  if (complaints.length > 0) throw new TypeError(`Emulator options: ${complaints.join('; ')}.`)
}
