/** The server: the routes of app.ts, and the page. In development Vite serves the page on the same port. */
import express from 'express'
import { app } from './app.ts'

const server = app.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1')
if (process.env.NODE_ENV === 'development') {
  const { createServer } = await import('vite')
  const vite = await createServer({ server: { middlewareMode: true, hmr: { server } } })
  app.use(vite.middlewares)
} else {
  // No stack in responses.
  app.set('env', 'production')
  app.use(express.static('dist'))
}
