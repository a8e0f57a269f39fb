import { defineEventHandler, toWebRequest } from 'h3'
import { session } from '~~/server/users'

export default defineEventHandler((event) => session.fetch(toWebRequest(event)))
