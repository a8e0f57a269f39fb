/** The official npm SDK, as much of its shape as the benches use. It has no types of its own. */
import { createRequire } from 'node:module'
import { BUCKET, CREDENTIALS, REGION } from './samples.ts'

interface AliSigner {
  signatureUrlV4(
    method: string,
    expires: number,
    request: { headers: Record<string, string>; queries: Record<string, string> },
    key: string,
    additionalHeaders: readonly string[],
  ): Promise<string>
  signPostObjectPolicyV4(policy: object, date: Date): string
}

export function createAliClient(): AliSigner {
  const AliOss = createRequire(import.meta.url)('ali-oss') as new (options: object) => AliSigner
  return new AliOss({
    accessKeyId: CREDENTIALS.accessKeyId,
    accessKeySecret: CREDENTIALS.accessKeySecret,
    region: `oss-${REGION}`,
    bucket: BUCKET,
    secure: true,
    authorizationV4: true,
  })
}
