import { UploadField, useUpload } from 'oss-upcall/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

interface Saved {
  url: string
  name: string
}

function Upload() {
  const { start, progress, result, error } = useUpload({ endpoint: '/api/files', profile: 'file' })
  const saved = result?.response as Saved | undefined
  return (
    <>
      <UploadField aria-label="File" onFiles={([file]) => file && start(file).catch(() => {})} />
      <progress max={100} value={progress?.percentage ?? 0} />
      <output>{saved ? `Saved ${saved.name} as ${saved.url}` : error?.message}</output>
    </>
  )
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Upload />
    </StrictMode>,
  )
}
