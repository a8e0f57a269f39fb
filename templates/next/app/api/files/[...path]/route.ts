import { uploads } from '@/uploads'

export const GET = uploads.fetch
export const POST = uploads.fetch
export const OPTIONS = uploads.fetch
