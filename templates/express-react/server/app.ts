import express from 'express'
import { createNodeHandler } from 'oss-upcall/node'
import { photos } from './photos.ts'
import { uploads } from './uploads.ts'
import { session } from './users.ts'

export const app = express()
app.use('/api/files', createNodeHandler(uploads)) // Before parsers of bodies.
app.use('/api/session', createNodeHandler(session))
app.use('/api/photos', createNodeHandler(photos))
app.use(express.json())
