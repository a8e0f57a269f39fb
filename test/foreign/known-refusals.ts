/**
 * Tests of ali-oss's suites that the local OSS is known to fail, each with its reason.
 */
export interface KnownRefusal {
  /** Matches the full title of a test. */
  title: RegExp
  reason: string
}

export const KNOWN_REFUSALS: KnownRefusal[] = [
  {
    title: /processObjectSave\(\) should process image/,
    reason: 'most image processing (`x-oss-process`) is not part of the local OSS',
  },
  {
    title: /(image process|image processed|contains other parameters)/,
    reason: 'most image processing (`x-oss-process`) is not part of the local OSS',
  },
  {
    title: /restore\(\) (Should return 202|Should not set JobParameters|Restore )/,
    reason: 'restoring archived objects is not part of the local OSS: every object can be read',
  },
  {
    title: /should list files with restore info/,
    reason: 'restoring archived objects is not part of the local OSS: every object can be read',
  },
  {
    title: /object key encoding should encode variant object keys/,
    reason:
      'without encoding-type=url, control characters of a key become U+FFFD, because XML 1.0 cannot hold them',
  },
]
