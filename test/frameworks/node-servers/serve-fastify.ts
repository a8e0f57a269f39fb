import { readFileSync } from 'node:fs'
import { app } from './fastify.ts'

const page = readFileSync('index.html')
app.get('/', (_, reply) => reply.type('text/html').send(page))
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
