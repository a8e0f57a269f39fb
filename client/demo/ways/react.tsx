import { createRoot } from 'react-dom/client'
import type { UploadOptions } from '../../index.ts'
import { UploadField, useUploads } from '../../react.ts'

function Uploads({ options }: { options: UploadOptions }) {
  const { uploads, add } = useUploads(options)
  return (
    <>
      <UploadField id="files" onFiles={(files) => void add(files)} multiple />
      <ul>
        {uploads.map(({ key, name, progress, result, error }) => (
          <li key={key}>
            <progress max={100} value={progress.percentage} aria-label={name} />
            <output>{result ? `✓ ${result.key}` : (error?.code ?? name)}</output>
          </li>
        ))}
      </ul>
    </>
  )
}

/** The page has a label for `files`. */
export function startReact(page: Element, options: UploadOptions): void {
  createRoot(page).render(<Uploads options={options} />)
}
