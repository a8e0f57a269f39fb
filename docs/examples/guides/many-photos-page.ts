/** many-photos-page.ts: hundreds of files, a few at a time; one that fails stops no other. */
import { createUploader, type UploadOptions } from 'oss-upcall/client'
import { explain } from 'oss-upcall/client/explain'

export interface FailedPhoto {
  file: File
  /** For people. */
  why: string
}

export async function uploadPhotos(
  files: readonly File[],
  album: string,
  options: UploadOptions,
  onCount: (stored: number) => void,
): Promise<FailedPhoto[]> {
  const uploader = createUploader({ ...options, vars: { album } })
  const failed: FailedPhoto[] = []
  let stored = 0
  await Promise.all(
    files.map(async (file) => {
      try {
        await uploader.upload(file)
        stored += 1
        onCount(stored)
      } catch (error) {
        failed.push({ file, why: explain(error as Parameters<typeof explain>[0]) })
      }
    }),
  )
  return failed
}
