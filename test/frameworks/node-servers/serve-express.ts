import express from 'express'
import { app } from './express.ts'

app.use(express.static(import.meta.dirname))
app.listen(Number(process.env.PORT), '127.0.0.1')
