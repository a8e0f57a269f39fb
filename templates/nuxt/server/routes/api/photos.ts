import { defineEventHandler, toWebRequest } from 'h3'
import { photos } from '~~/server/photos'

export default defineEventHandler((event) => photos.fetch(toWebRequest(event)))
