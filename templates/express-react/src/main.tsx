import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Photos } from '../ui/photos.tsx'

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Photos />
    </StrictMode>,
  )
}
