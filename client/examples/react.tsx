import { type UploadOptions, type UploadResult, upload } from 'oss-upcall/client'
import { useEffect, useRef, useState } from 'react'

/** Uploads one file at a time; leaving the page of the component gives it up. */
export function useUpload(options: UploadOptions) {
  const [percentage, setPercentage] = useState(0)
  const [error, setError] = useState('')
  const [result, setResult] = useState<UploadResult>()
  const abort = useRef(new AbortController())
  useEffect(() => () => abort.current.abort(), [])

  async function start(file: File) {
    abort.current.abort()
    abort.current = new AbortController()
    const { signal } = abort.current
    setError('')
    setResult(undefined)
    const onProgress = (progress: { percentage: number }) => setPercentage(progress.percentage)
    try {
      setResult(await upload(file, { ...options, signal, onProgress }))
    } catch (thrown) {
      if (!signal.aborted) setError(String(thrown))
    }
  }
  return { start, percentage, error, result }
}

export function UploadField(options: UploadOptions) {
  const { start, percentage, error, result } = useUpload(options)
  return (
    <label>
      File{' '}
      <input type="file" onChange={({ target }) => target.files?.[0] && start(target.files[0])} />
      <progress max={100} value={percentage} aria-label="Upload" />
      <output>{result ? `Stored as ${result.key}` : error}</output>
    </label>
  )
}
