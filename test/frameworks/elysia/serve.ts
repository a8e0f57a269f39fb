import { app } from './elysia.ts'

app.get('/', () => Bun.file('index.html'))
app.listen({ port: Number(process.env.PORT), hostname: '127.0.0.1' })
