/** The bucket, as the vendor's own SDK sees it: nothing of the product tells what is stored. */
import { createRequire } from 'node:module'
import { ACCESS_KEY } from '../../support/keys.ts'

interface AliListing {
  objects?: { name: string; size: number }[]
  nextContinuationToken?: string
}

interface AliClient {
  listV2(query: Record<string, string | undefined>): Promise<AliListing>
  head(name: string): Promise<{ meta: Record<string, string> | null }>
}

export interface BucketObject {
  /** `x-oss-meta-upcall-id`. */
  id: string
  key: string
  size: number
}

const PAGE = '1000'
const AT_ONCE = 16

export async function listBucket(endpoint: string): Promise<BucketObject[]> {
  const AliOss = createRequire(import.meta.url)('ali-oss') as new (options: object) => AliClient
  const client = new AliOss({
    ...ACCESS_KEY,
    region: 'oss-cn-hangzhou',
    bucket: 'examplebucket',
    endpoint,
    authorizationV4: true,
  })
  const names: { name: string; size: number }[] = []
  let token: string | undefined
  do {
    const page = await client.listV2({
      'max-keys': PAGE,
      ...(token !== undefined && { 'continuation-token': token }),
    })
    names.push(...(page.objects ?? []))
    token = page.nextContinuationToken
  } while (token)

  const objects: BucketObject[] = []
  let next = 0
  async function readHeads(): Promise<void> {
    for (let at = next++; at < names.length; at = next++) {
      const { name = '', size = 0 } = names[at] ?? {}
      const { meta } = await client.head(name)
      objects.push({ id: meta?.['upcall-id'] ?? '', key: name, size: Number(size) })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, readHeads))
  return objects
}
