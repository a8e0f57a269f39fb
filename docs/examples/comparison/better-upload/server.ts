import { S3Client } from '@aws-sdk/client-s3'
import { createUploadRouteHandler, RejectUpload, route } from 'better-upload/server'
import { findUser, savePhoto } from '../application.ts'

export const { POST } = createUploadRouteHandler({
  client: new S3Client(),
  bucketName: 'my-bucket',
  routes: {
    photo: route({
      fileTypes: ['image/*'],
      maxFileSize: 4_000_000,
      async onBeforeUpload({ req }) {
        const user = await findUser(req)
        if (!user) throw new RejectUpload('Unauthorized')
        return { objectInfo: { key: `photos/${user.id}/${crypto.randomUUID()}` } }
      },
    }),
  },
})

export async function save(request: Request): Promise<Response> {
  const user = await findUser(request)
  const { key } = await request.json()
  if (!user || !String(key).startsWith(`photos/${user.id}/`))
    return new Response(null, { status: 403 })
  return Response.json(await savePhoto(user.id, `https://img.example.com/${key}`))
}
