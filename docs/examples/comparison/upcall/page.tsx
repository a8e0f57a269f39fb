import { UploadField, useUpload } from 'oss-upcall/react'

export function Photo() {
  const { start, result, error } = useUpload({ endpoint: '/api/files', profile: 'photo' })
  const saved = result?.response as { url: string } | undefined
  return (
    <>
      <UploadField accept="image/*" onFiles={([file]) => file && start(file).catch(() => {})} />
      <output>{saved?.url ?? error?.message}</output>
    </>
  )
}
