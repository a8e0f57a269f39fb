import { useUploadFile } from 'better-upload/client'
import { useState } from 'react'

export function Photo() {
  const [url, setUrl] = useState('')
  const { upload, error } = useUploadFile({
    route: 'photo',
    async onUploadComplete({ file }) {
      const body = JSON.stringify({ key: file.objectKey })
      const response = await fetch('/api/photos', { method: 'POST', body })
      setUrl((await response.json()).url)
    },
  })
  return (
    <>
      <input
        type="file"
        accept="image/*"
        onChange={({ target }) => target.files?.[0] && upload(target.files[0])}
      />
      <output>{url || error?.message}</output>
    </>
  )
}
