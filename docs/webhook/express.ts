/** Receives webhooks with Express. Its route comes before any body parser: the signature covers the raw bytes. */
import express from 'express'
import { createReceiver, type UploadReceipt } from 'oss-upcall/webhook'

export function createApp(secrets: string[], save: (upload: UploadReceipt) => Promise<unknown>) {
  const receiver = createReceiver({
    secrets,
    onEvent: ({ type, data }) =>
      type === 'com.oss-upcall.upload.stored' ? save(data) : console.warn(type, data.id),
  })
  const app = express()
  app.post('/webhooks/uploads', receiver.node)
  app.use(express.json())
  // … the other routes
  return app
}
