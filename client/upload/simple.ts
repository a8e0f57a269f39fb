/**
 * A file in one request: a form, or a PUT.
 */
import type { FormTicket, PutTicket } from '../../src/signer/ticket.ts'
import type { Run } from '../http/run.ts'
import type { TransportRequest } from '../options.ts'
import { type Delivered, deliver, type UploadIdentity } from './deliver.ts'

/**
 * Below 256 KiB a form is sent without a progress listener, as a "simple" request: no preflight to OSS. The preflight would take
 * as long as the bytes.
 */
export const SIMPLE_BELOW_BYTES = 2 ** 18

type FileRequest = Pick<TransportRequest, 'method' | 'url' | 'headers' | 'body'>

export function buildForm(file: Blob, { url, fields }: FormTicket): FileRequest {
  const body = new FormData()
  for (const name in fields) body.append(name, fields[name] ?? '')
  // OSS ignores what comes after the file. The file's name on this device is not sent. A slice, because Chromium
  // does not notice that a whole file in a form has changed since it was chosen.
  body.append('file', file.slice(), 'file')
  return { method: 'POST', url, body }
}

export function buildPut(file: Blob, { url, headers }: PutTicket): FileRequest {
  // Untyped: the browser would add its own Content-Type beside the signed one.
  return { method: 'PUT', url, headers, body: file.slice() }
}

/**
 * @param onSent bytes of the file that have left in the present attempt
 * @param onStored see `deliver`
 * @throws UploadError
 */
export function sendSimple(
  run: Run,
  identity: UploadIdentity,
  request: FileRequest,
  onSent: (sentBytes: number) => void,
  onStored: () => void,
): Promise<Delivered> {
  const { size } = run.file
  const isSilent = request.method === 'POST' && size < SIMPLE_BELOW_BYTES

  return deliver(
    run,
    'send',
    identity,
    (onMoved) =>
      run.send({
        ...request,
        stage: 'send',
        bodyBytes: size,
        onSent: isSilent
          ? undefined
          : (sentBytes, totalBytes) => {
              // A form's fields are sent first: what is left of the total belongs to the file.
              const sent = Math.max(0, sentBytes + size - totalBytes)
              onMoved(sent)
              onSent(sent)
            },
      }),
    onStored,
  )
}
