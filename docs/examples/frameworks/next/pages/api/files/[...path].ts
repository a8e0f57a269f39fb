import { createNodeHandler } from 'oss-upcall/node'
import { uploads } from '@/uploads'

// The service reads the body itself.
export const config = { api: { bodyParser: false, externalResolver: true } }
export default createNodeHandler(uploads)
