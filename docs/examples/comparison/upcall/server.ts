import { createService, readConfig } from 'oss-upcall'
import { findUser, savePhoto } from '../application.ts'

const own = {
  profiles: { photo: { key: 'photos/{sub}/{id}.{ext}', types: ['image/*'], maxSize: 4_000_000 } },
  async authenticate(request: Request) {
    const user = await findUser(request)
    return user && { subject: user.id }
  },
  onReceipt: ({ subject, key }: { subject: string; key: string }) =>
    savePhoto(subject, `https://img.example.com/${key}`),
}
export const service = createService(readConfig(process.env, { own }))
export const POST = service.fetch
