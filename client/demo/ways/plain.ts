import { type UploadOptions, upload } from '../../index.ts'

/** The page has an input, a progress bar and an output. */
export function startPlain(page: ParentNode, options: UploadOptions): void {
  const input = page.querySelector('input')
  const bar = page.querySelector('progress')
  const output = page.querySelector('output')
  if (!input || !bar || !output) return

  input.addEventListener('change', async () => {
    const [file] = input.files ?? []
    if (!file) return
    try {
      const { key } = await upload(file, {
        ...options,
        onProgress: ({ percentage }) => {
          bar.value = percentage
        },
      })
      output.textContent = `✓ ${key}`
    } catch (error) {
      output.textContent = String(error)
    }
  })
}
