import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { app } from './hono.ts'

const page = readFileSync('index.html', 'utf8')
app.get('/', (c) => c.html(page))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
