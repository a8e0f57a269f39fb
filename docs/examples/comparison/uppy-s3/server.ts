import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { findUser, savePhoto } from '../application.ts'

const client = new S3Client()

export async function sign(request: Request): Promise<Response> {
  const user = await findUser(request)
  const { type, size } = await request.json()
  if (!user || !String(type).startsWith('image/') || !(size <= 4_000_000)) {
    return new Response(null, { status: 403 })
  }
  const key = `photos/${user.id}/${crypto.randomUUID()}`
  const input = { Bucket: 'my-bucket', Key: key, ContentType: type, ContentLength: size }
  const signableHeaders = new Set(['content-type', 'content-length'])
  const url = await getSignedUrl(client, new PutObjectCommand(input), { signableHeaders })
  return Response.json({ url, key })
}

export async function save(request: Request): Promise<Response> {
  const user = await findUser(request)
  const { key } = await request.json()
  if (!user || !String(key).startsWith(`photos/${user.id}/`))
    return new Response(null, { status: 403 })
  return Response.json(await savePhoto(user.id, `https://img.example.com/${key}`))
}
