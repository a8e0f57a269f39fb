/** What the page shows: the photos of the user who is signed in, the newest first. */
import { env } from 'cloudflare:workers'
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
    const user = await findUser(request)
    if (!user) return Response.json({ message: 'Sign in first.' }, { status: 401 })
    const { results } = await env.DB.prepare(
      'SELECT id, key, name, size FROM photos WHERE user = ? ORDER BY at DESC LIMIT ?',
    )
      .bind(user, MAX_PHOTOS)
      .all<Photo>()
    return Response.json({ user, photos: results })
  },
}
