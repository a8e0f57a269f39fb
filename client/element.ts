/** oss-upcall/client/element: importing it defines `<oss-upload>`. */
import { OssUploadElement } from './element/oss-upload.ts'

export type { OssUploadDetails, OssUploadEvents } from './element/events.ts'
export type { Entry } from './element/row.ts'
export type { TextName, Texts } from './element/texts.ts'
export { OssUploadElement }

declare global {
  interface HTMLElementTagNameMap {
    'oss-upload': OssUploadElement
  }
}

/** Registers the element under another name as well. Does nothing on a server, or for a name that is taken. */
export function defineOssUpload(name = 'oss-upload'): void {
  const registry = globalThis.customElements
  if (!registry || registry.get(name)) return
  // A class can have one name only.
  registry.define(
    name,
    name === 'oss-upload' ? OssUploadElement : class extends OssUploadElement {},
  )
}

defineOssUpload()
