/**
 * A file in one request: a form, or a PUT.
 */
import type { FormTicket, PutTicket } from '../../src/signer/ticket.ts'
import type { Run } from '../http/service-client.ts'
import { type Delivered, deliver } from './deliver.ts'

/** Below 256 KiB a form without a progress listener goes out as a "simple" request: no preflight to OSS. */
const QUIET_BELOW_BYTES = 2 ** 18

/**
 * @param onSent bytes of the file that have left in the present attempt
 * @param onStored see `deliver`
 * @param takeTurn waits for a turn among all requests with bytes; the result ends it
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
  const isQuiet = isForm && file.size < QUIET_BELOW_BYTES && !run.options.onProgress
  // Untyped: the browser would add its own Content-Type beside the signed one.
  let body: Blob | FormData = file.slice()
  if (isForm) {
    body = new FormData()
    for (const name in ticket.fields) body.append(name, ticket.fields[name] ?? '')
    // OSS ignores what comes after the file. Its name on this disk is nobody's business on the way.
    body.append('file', file, 'file')
  }
  return deliver(
    run,
    'send',
    ticket.session,
    async (onMoved) => {
      const finish = await takeTurn?.()
      try {
        return await run.send({
          method: isForm ? 'POST' : 'PUT',
          url: ticket.url,
          stage: 'send',
          headers: isForm ? undefined : ticket.headers,
          body,
          onSent: isQuiet
            ? undefined
            : (sentBytes, totalBytes) => {
                // A form's fields go first: what is left of the total is the file.
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
