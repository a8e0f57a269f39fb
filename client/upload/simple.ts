/**
 * A file in one request: a form, or a PUT.
 */
import type { FormTicket, PutTicket } from '../../src/signer/ticket.ts'
import type { Run } from '../http/run.ts'
import { type Delivered, deliver } from './deliver.ts'

/** Below 256 KiB a form without a progress listener is sent as a "simple" request: no preflight to OSS. */
const NO_PROGRESS_BELOW_BYTES = 2 ** 18

/**
 * @param onSent bytes of the file that have left in the present attempt
 * @param onStored see `deliver`
 * @param takeTurn waits for a turn among all requests with bytes; its result ends the turn
 * @throws UploadError
 */
export function sendSimple(
  run: Run,
  file: Blob,
  ticket: FormTicket | PutTicket,
  onSent: (sentBytes: number) => void,
  onStored: () => void,
  takeTurn?: () => Promise<() => void>,
): Promise<Delivered> {
  const isForm = ticket.kind === 'form'
  const isSilent = isForm && file.size < NO_PROGRESS_BELOW_BYTES && !run.options.onProgress
  // Untyped: the browser would add its own Content-Type beside the signed one.
  let body: Blob | FormData = file.slice()
  if (isForm) {
    body = new FormData()
    for (const name in ticket.fields) body.append(name, ticket.fields[name] ?? '')
    // OSS ignores what comes after the file. The file's name on this device is not sent.
    body.append('file', file, 'file')
  }
  return deliver(
    run,
    'send',
    ticket,
    async (onMoved) => {
      const finish = await takeTurn?.()
      try {
        return await run.send({
          method: isForm ? 'POST' : 'PUT',
          url: ticket.url,
          stage: 'send',
          headers: isForm ? undefined : ticket.headers,
          body,
          onSent: isSilent
            ? undefined
            : (sentBytes, totalBytes) => {
                // A form's fields are sent first: what is left of the total belongs to the file.
                const sent = Math.max(0, sentBytes + file.size - totalBytes)
                onMoved(sent)
                onSent(sent)
              },
        })
      } finally {
        finish?.()
      }
    },
    onStored,
  )
}
