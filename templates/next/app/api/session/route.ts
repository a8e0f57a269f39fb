import { session } from '@/users'

export const POST = session.fetch
export const DELETE = session.fetch
