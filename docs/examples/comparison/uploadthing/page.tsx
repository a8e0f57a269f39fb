import { generateUploadButton } from '@uploadthing/react'
import { useState } from 'react'
import type { router } from './server.ts'

const UploadButton = generateUploadButton<typeof router>()

export function Photo() {
  const [text, setText] = useState('')
  return (
    <>
      <UploadButton
        endpoint="photo"
        onClientUploadComplete={([file]) => setText(file?.serverData.url ?? '')}
        onUploadError={(error) => setText(error.message)}
      />
      <output>{text}</output>
    </>
  )
}
