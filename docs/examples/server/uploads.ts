/** The three calls of OSS's manual page on upload callbacks, for a server. */
import { createOssClient } from 'oss-upcall/node'

const { OSS_ACCESS_KEY_ID = '', OSS_ACCESS_KEY_SECRET = '', OSS_ENDPOINT } = process.env
const oss = createOssClient({
  bucket: 'examplebucket',
  region: 'cn-hangzhou',
  // Only for the bucket's own domain, or a local OSS.
  ...(OSS_ENDPOINT && { endpoint: OSS_ENDPOINT }),
  credentials: { accessKeyId: OSS_ACCESS_KEY_ID, accessKeySecret: OSS_ACCESS_KEY_SECRET },
})

/** What OSS sends to the application when the object is stored. */
const callback = {
  url: process.env.CALLBACK_URL ?? 'https://www.example.com/callback',
  body: 'bucket=${bucket}&object=${object}&my_var_1=${x:my_var1}&my_var_2=${x:my_var2}',
  bodyType: 'application/x-www-form-urlencoded',
} as const
const callbackVars = { 'x:my_var1': 'my_val1', 'x:my_var2': 'my_val2' } as const

/** `put_object`: bytes or a text. */
export const putText = () =>
  oss.putObject('exampledir/a.txt', 'a'.repeat(1024 * 1024), { callback, callbackVars })

/** `put_object_from_file`: a file in one request. */
export const putFile = (path: string) =>
  oss.putObjectFromFile('exampledir/b.bin', path, { callback, callbackVars })

/** `complete_multipart_upload`: a large file in parts; called again after an interruption, it continues. */
export const putLargeFile = (path: string) =>
  oss.multipartUpload(
    'exampledir/c.bin',
    { path },
    { callback, callbackVars, checkpoint: `${path}.upload` },
  )
