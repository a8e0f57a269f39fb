/** oss-upcall/client/lists: hundreds of small files with few calls of the service. */
import { createDiagnosis } from './http/diagnosis.ts'
import { sendByXhr } from './http/transport.ts'
import type { UploadOptions } from './options.ts'
import type { ServiceType } from './upload/result-of.ts'
import { createListTransport } from './upload/ticket-lists.ts'
import { createUploader, type Uploader } from './upload/uploader.ts'

/** Two lists: while the tickets of one are used, the next is gathered. */
const TICKETS_AHEAD = 100

/**
 * As `createUploader`; the tickets of files up to 1 MiB are asked for in lists of up to 50. Pages share a list only by the same
 * headers: let a function in `headers` return the same token while it is valid.
 */
export function createListUploader<Service extends ServiceType = ServiceType>(
  options: UploadOptions,
): Uploader<Service> {
  const transport = createListTransport(options.transport ?? createDiagnosis(sendByXhr))
  return createUploader({ ticketsAhead: TICKETS_AHEAD, ...options, transport })
}
