import express from 'express'
import { app } from './express.ts'

app.use(express.static('dist'))
app.listen(Number(process.env.PORT), '127.0.0.1')
