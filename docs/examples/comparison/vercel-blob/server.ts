import { type HandleUploadBody, handleUpload } from '@vercel/blob/client'
import { findUser, savePhoto } from '../application.ts'

export async function POST(request: Request): Promise<Response> {
  const body: HandleUploadBody = await request.json()
  try {
    const response = await handleUpload({
      body,
      request,
      async onBeforeGenerateToken() {
        const user = await findUser(request)
        if (!user) throw new Error('Unauthorized')
        return {
          allowedContentTypes: ['image/*'],
          maximumSizeInBytes: 4_000_000,
          addRandomSuffix: true,
          tokenPayload: user.id,
        }
      },
      async onUploadCompleted({ blob, tokenPayload }) {
        await savePhoto(tokenPayload ?? '', blob.url)
      },
    })
    return Response.json(response)
  } catch (error) {
    return Response.json({ error: (error as Error).message }, { status: 400 })
  }
}
