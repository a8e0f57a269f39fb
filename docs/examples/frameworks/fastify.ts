import fastify from 'fastify'
import { createNodeHandler } from 'oss-upcall/node'
import { uploads } from './uploads.ts'

export const app = fastify()
const handle = createNodeHandler(uploads)
// Before Fastify reads the body.
app.addHook('onRequest', async (request, reply) => {
  if (!request.url.startsWith('/api/files/')) return
  reply.hijack()
  await handle(request.raw, reply.raw)
})
