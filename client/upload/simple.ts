/**
 * A file in one request: a form, or a PUT.
 */
import type { FormTicket, PutTicket } from '../../src/signer/ticket.ts'
import { UploadError } from '../http/errors.ts'
import type { Run } from '../http/run.ts'
import type { TransportRequest } from '../options.ts'
import { type Delivered, deliver, type UploadIdentity } from './deliver.ts'
import type { Sending } from './multipart.ts'

/**
 * Below 256 KiB a form is sent without a progress listener, as a "simple" request: no preflight to OSS. The preflight would take
 * as long as the bytes.
 */
export const SIMPLE_BELOW_BYTES = 2 ** 18

type FileRequest = Pick<TransportRequest, 'method' | 'url' | 'headers' | 'body'>

/** @param file a slice, unless its checksum is compared: of a whole file Chromium notices no change within the same second */
export function buildForm(file: Blob, { url, fields }: FormTicket): FileRequest {
  const body = new FormData()
  for (const name in fields) body.append(name, fields[name] ?? '')
  // OSS ignores what comes after the file. The file's name on this device is not sent.
  body.append('file', file, 'file')
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

export type Simple = (FormTicket | PutTicket) & {
  /** @throws UploadError CHECKSUM_MISMATCH when OSS has other bytes than were read from the file */
  send(run: Run, sending: Pick<Sending, 'onSent' | 'onStored'>): Promise<Delivered>
  /** CRC-64 of the file. */
  combine(): Promise<string> | undefined
}

/** @param crc64 of the file, as it was read */
export function createSimple(
  file: Blob,
  ticket: FormTicket | PutTicket,
  crc64: Promise<string> | undefined,
): Simple {
  return {
    ...ticket,
    async send(run, { onSent, onStored }) {
      onSent(0)
      // A slice costs a call of another process, 0.7 ms in Chromium: much for a small file.
      const isCompared = crc64 && file.size < SIMPLE_BELOW_BYTES
      const request =
        ticket.kind === 'form'
          ? buildForm(isCompared ? file : file.slice(), ticket)
          : buildPut(file, ticket)
      const delivered = await sendSimple(run, ticket, request, onSent, onStored)
      if (delivered.crc64 && crc64 && delivered.crc64 !== (await crc64)) {
        throw new UploadError('CHECKSUM_MISMATCH', 'send')
      }
      return delivered
    },
    combine: () => crc64,
  }
}
