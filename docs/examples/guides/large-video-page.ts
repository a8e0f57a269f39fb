/** large-video-page.ts: progress that says how long it still takes, and what is stored already. */
import { findPreviousUploads, type UploadOptions, upload } from 'oss-upcall/client'

export async function uploadVideo(
  file: File,
  options: UploadOptions,
  show: (text: string) => void,
): Promise<unknown> {
  const [previous] = await findPreviousUploads(file, options)
  if (previous) show(`Continues the upload of ${new Date(previous.createdAt).toLocaleString()}`)
  const { response } = await upload(file, {
    ...options,
    onProgress({ percentage, etaSeconds, state }) {
      const left = etaSeconds === undefined ? '' : `, ${Math.ceil(etaSeconds / 60)} min left`
      show(`${state}: ${Math.floor(percentage)} %${left}`)
    },
  })
  return response
}
