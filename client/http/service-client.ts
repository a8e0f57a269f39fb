/**
 * Calls of the service: each is one POST of JSON with the caller's headers, repeated as `retry` says.
 */
import type { Ticket, UploadRequest } from '../../src/signer/ticket.ts'
import type { UploadStage } from '../options.ts'
import { UploadError } from './errors.ts'
import { parseJson, readError } from './response.ts'
import { retry } from './retry.ts'
import { checkReadable, type Run, type ServiceRun } from './run.ts'

/**
 * POSTs to the service. The shape of its responses is our own contract and not checked again here.
 *
 * @param path after `/uploads`, e.g. `/parts`
 * @throws UploadError with the service's own code; BAD_RESPONSE for what is not JSON
 */
export function askService<T>(
  run: ServiceRun,
  stage: UploadStage,
  path: string,
  body: object,
): Promise<T> {
  const { endpoint, headers } = run.options
  return retry(run, stage, async () => {
    const response = await run.send({
      method: 'POST',
      url: `${endpoint.replace(/\/$/, '')}/uploads${path}`,
      stage,
      headers: {
        ...(typeof headers === 'function' ? await headers() : headers),
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    })
    const { status, text } = response
    const value = parseJson<T>(text || '{}')
    if (status > 299 || value === undefined) throw readError(response, stage)
    return value
  })
}

/**
 * Asks for a ticket of a file that can be read.
 *
 * @param more with the CRC-64, the whole file has just been read: each read takes milliseconds
 * @throws UploadError BAD_RESPONSE for what is not a ticket
 */
export async function askTicket<T extends Ticket>(
  run: Run,
  more: { [Name in keyof UploadRequest]?: UploadRequest[Name] | undefined },
): Promise<T> {
  const { file, options } = run
  const { profile, vars, name = (file as Partial<File>).name || 'blob', type = file.type } = options
  if (!more.crc64 || !file.size) await checkReadable(file)
  const facts = { profile, vars, name, type, size: file.size, ...more }
  const ticket = await askService<T>(run, 'sign', '', facts)
  if (!ticket?.session) throw new UploadError('BAD_RESPONSE', 'sign')
  return ticket
}
