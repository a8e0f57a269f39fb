import { readFileSync } from 'node:fs'
import { app } from './koa.ts'

const page = readFileSync('index.html', 'utf8')
app.use((context) => {
  context.body = page
})
app.listen(Number(process.env.PORT), '127.0.0.1')
