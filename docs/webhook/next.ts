/** `app/webhooks/uploads/route.ts` of Next.js, with its default runtime (Node). */
import { createReceiver, type UploadEvent } from 'oss-upcall/webhook'

async function onEvent({ type, data }: UploadEvent) {
  if (type !== 'com.oss-upcall.upload.stored') return undefined
  // Write `data` to the database here, with `data.id` as the primary key.
  return { url: `/files/${encodeURIComponent(data.id)}` }
}

const secrets = (process.env.UPCALL_WEBHOOK_SECRETS ?? '').split(',')

export const POST = createReceiver({ secrets, onEvent }).fetch
