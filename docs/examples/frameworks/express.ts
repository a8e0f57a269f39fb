import express from 'express'
import { createNodeHandler } from 'oss-upcall/node'
import { uploads } from './uploads.ts'

export const app = express()
app.use('/api/files', createNodeHandler(uploads)) // Before parsers of bodies.
app.use(express.json())
