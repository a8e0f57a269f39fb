/** What the page shows: the photos of the user who is signed in, the newest first. */
import { getDatabase } from './database.ts'
import { findUser } from './users.ts'

export interface Photo {
  id: string
  /** Of the object on OSS. */
  key: string
  /** The user's file name. */
  name: string
  /** bytes */
  size: number
}

const MAX_PHOTOS = 100

/** `GET /api/photos` */
export const photos = {
  async fetch(request: Request): Promise<Response> {
    const user = findUser(request)
    if (!user) return Response.json({ message: 'Sign in first.' }, { status: 401 })
    const rows = getDatabase()
      .prepare('SELECT id, key, name, size FROM photos WHERE user = ? ORDER BY at DESC LIMIT ?')
      .all(user, MAX_PHOTOS)
    return Response.json({ user, photos: rows })
  },
}
