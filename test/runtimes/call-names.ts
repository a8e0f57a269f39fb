/** What `server-calls.ts` runs inside each runtime; apart, because that module needs the installed package. */
export const CALL_NAMES = [
  'putObject with a callback',
  'putObjectFromFile with a callback',
  'multipartUpload of a file and of a stream, with a callback',
  'multipartUpload that is interrupted goes on by its checkpoint',
  'bytes that change on their way are an error',
  'uploadFile with tickets of the service: form, PUT, parts',
] as const

export type CallName = (typeof CALL_NAMES)[number]
