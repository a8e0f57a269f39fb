import Koa from 'koa'
import { createNodeHandler } from 'oss-upcall/node'
import { uploads } from './uploads.ts'

export const app = new Koa()
const handle = createNodeHandler(uploads)
// Before parsers of bodies.
app.use((context, next) => {
  if (!context.path.startsWith('/api/files/')) return next()
  context.respond = false
  return handle(context.req, context.res)
})
