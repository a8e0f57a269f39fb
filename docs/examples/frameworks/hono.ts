import { Hono } from 'hono'
import { uploads } from './uploads.ts'

export const app = new Hono()
app.all('/api/files/*', (c) => uploads.fetch(c.req.raw))
