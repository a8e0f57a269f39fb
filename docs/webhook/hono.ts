/** Receives webhooks with Hono, on Node, Workers (with `nodejs_compat`), Deno or Bun. */
import { Hono } from 'hono'
import { createReceiver, type UploadReceipt } from 'oss-upcall/webhook'

export function createApp(secrets: string[], save: (upload: UploadReceipt) => Promise<unknown>) {
  const receiver = createReceiver({
    secrets,
    async onEvent({ type, data }) {
      if (type !== 'com.oss-upcall.upload.stored') {
        console.warn(`Look at the upload ${data.id}: ${type}`)
        return undefined
      }
      return save(data)
    },
  })
  return new Hono().post('/webhooks/uploads', (c) => receiver.fetch(c.req.raw))
}
