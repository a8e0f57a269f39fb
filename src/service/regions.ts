/**
 * The regions of OSS, to find spelling mistakes. New ones come: a region that is not in the list is a warning only.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints (read 2026-11)
 */
const REGIONS = [
  'cn-hangzhou',
  'cn-shanghai',
  'cn-nanjing',
  'cn-fuzhou',
  'cn-wuhan-lr',
  'cn-qingdao',
  'cn-beijing',
  'cn-zhangjiakou',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-zhongwei',
  'cn-shenzhen',
  'cn-heyuan',
  'cn-guangzhou',
  'cn-chengdu',
  'cn-hongkong',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-1',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ap-southeast-8',
  'eu-central-1',
  'eu-west-1',
  'us-west-1',
  'us-east-1',
  'na-south-1',
  'me-east-1',
  'me-central-1',
  'cn-hangzhou-finance',
  'cn-shanghai-finance-1',
  'cn-shenzhen-finance-1',
  'cn-beijing-finance-1',
  'cn-heyuan-acdr-1',
  'cn-north-2-gov-1',
] as const

/** Letters that a suggestion may differ in. */
const MAX_DISTANCE = 4

/** Levenshtein distance. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

export function isKnownRegion(region: string): boolean {
  return REGIONS.some((known) => known === region)
}

/** The region that is spelled most like this text, if one is. */
export function findNearestRegion(text: string): string | undefined {
  const wanted = text.slice(0, 64).toLowerCase()
  let nearest: string | undefined
  let least = MAX_DISTANCE + 1
  for (const region of REGIONS) {
    const edits = countEdits(wanted, region)
    if (edits < least) {
      least = edits
      nearest = region
    }
  }
  return nearest
}
