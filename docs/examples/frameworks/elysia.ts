import { Elysia } from 'elysia'
import { uploads } from './uploads.ts'

export const app = new Elysia()
// `parse: 'none'`: the service reads the body itself.
app.all('/api/files/*', ({ request }) => uploads.fetch(request), { parse: 'none' })
