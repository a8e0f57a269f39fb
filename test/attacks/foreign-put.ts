/** An object that somebody with a key of the bucket stores with the metadata of an upload of the service. */
import { signRequest } from '../../src/protocol/sign-v4.ts'
import { ACCESS_KEY } from '../support/keys.ts'

export function buildForeignPut(
  key: string,
  fields: Readonly<Record<string, string>>,
  now: Date,
): Request {
  const metadata = Object.entries(fields).filter(([name]) => name.startsWith('x-oss-meta-'))
  const { url, headers } = signRequest(
    {
      method: 'PUT',
      bucket: 'examplebucket',
      region: 'cn-hangzhou',
      key,
      headers: { 'content-type': 'image/png', ...Object.fromEntries(metadata) },
    },
    { credentials: ACCESS_KEY, now },
  )
  return new Request(url, { method: 'PUT', headers, body: 'hello' })
}
