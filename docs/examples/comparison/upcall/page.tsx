import { UploadField, useUpload } from 'oss-upcall/react'
import type { service } from './server.ts'

export function Photo() {
  const upload = useUpload<typeof service>({ endpoint: '/api/files', profile: 'photo' })
  return (
    <>
      <UploadField
        accept="image/*"
        onFiles={([file]) => file && upload.start(file).catch(() => {})}
      />
      <output>{upload.result?.response?.url ?? upload.error?.message}</output>
    </>
  )
}
