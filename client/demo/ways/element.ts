import '../../element.ts'
import type { UploadOptions } from '../../index.ts'

/** Or in HTML: <oss-upload endpoint="…" profile="…" name="…"></oss-upload> */
export function startElement(
  page: Element,
  options: UploadOptions & { thumbnails?: string | undefined },
): void {
  const { endpoint, profile, headers, thumbnails, ...others } = options
  const element = document.createElement('oss-upload')
  element.setAttribute('endpoint', endpoint)
  element.setAttribute('profile', profile)
  element.setAttribute('name', 'photo')
  element.setAttribute('multiple', '')
  if (thumbnails) element.setAttribute('thumbnails', thumbnails)
  if (headers) element.headers = headers
  element.options = others
  element.addEventListener('upload-done', ({ detail }) => {
    console.info(`Stored as ${detail.result.key}`)
  })
  page.replaceChildren(element)
}
