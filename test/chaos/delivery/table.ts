/** What the application knows at the end, as `GET /table` of receiver.ts tells it. */
import type { UploadEventType } from '../../../src/webhook/index.ts'

export interface ReceiverRow {
  eventId: string
  uploadId: string
  type: UploadEventType
  via: 'callback' | 'confirm' | 'sweep'
  key: string
  size: number
}

export interface ReceiverTable {
  counts: {
    /** Webhooks whose signature was right. */
    requests: number
    /** Webhooks that the kit refused. */
    refused: number
    failed: number
    /** Cut off in the response, after the effect. */
    cut: number
    hanging: number
    /** Events that were in the table already. */
    duplicates: number
  }
  rows: ReceiverRow[]
}
