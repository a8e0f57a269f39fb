import { createRouteHandler, createUploadthing, type FileRouter } from 'uploadthing/next'
import { UploadThingError } from 'uploadthing/server'
import { findUser, savePhoto } from '../application.ts'

const f = createUploadthing()
export const router = {
  photo: f({ image: { maxFileSize: '4MB' } })
    .middleware(async ({ req }) => {
      const user = await findUser(req)
      if (!user) throw new UploadThingError('Unauthorized')
      return { userId: user.id }
    })
    .onUploadComplete(({ metadata, file }) => savePhoto(metadata.userId, file.ufsUrl)),
} satisfies FileRouter
export const { GET, POST } = createRouteHandler({ router })
