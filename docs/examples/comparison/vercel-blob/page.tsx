import { upload } from '@vercel/blob/client'
import { useState } from 'react'

export function Photo() {
  const [text, setText] = useState('')
  async function start(file: File) {
    try {
      const options = { access: 'public', handleUploadUrl: '/api/blob' } as const
      setText((await upload(file.name, file, options)).url)
    } catch (error) {
      setText((error as Error).message)
    }
  }
  return (
    <>
      <input
        type="file"
        accept="image/*"
        onChange={({ target }) => target.files?.[0] && start(target.files[0])}
      />
      <output>{text}</output>
    </>
  )
}
