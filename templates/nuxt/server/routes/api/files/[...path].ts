import { defineEventHandler, toWebRequest } from 'h3'
import { uploads } from '~~/server/uploads'

export default defineEventHandler((event) => uploads.fetch(toWebRequest(event)))
