/** The least that a Hono worker can do. */
import { Hono } from 'hono/tiny'

const app = new Hono()
app.post('/uploads', (c) => c.json({ status: 'ok' }))
app.get('/healthz', (c) => c.json({ status: 'ok' }))

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default { fetch: (request: Request) => app.fetch(request) }
