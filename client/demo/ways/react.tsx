import { createRoot } from 'react-dom/client'
import type { UploadOptions } from '../../index.ts'
import { UploadField, useUploads } from '../../react.ts'

function Uploads({ options, label }: { options: UploadOptions; label: string }) {
  const { uploads, add } = useUploads(options)
  return (
    <>
      <label htmlFor="files">{label}</label>{' '}
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

export function startReact(page: Element, options: UploadOptions, label: string): void {
  createRoot(page).render(<Uploads options={options} label={label} />)
}
