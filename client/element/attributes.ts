/** What markup can say about `<oss-upload>`: for the typings of React, Vue and Svelte. Types only. */
import type { Headers, UploadOptions } from '../options.ts'
import type { OssUploadEvents } from './events.ts'
import type { Texts } from './texts.ts'

/**
 * Present or not. Only React takes `false` for "not": others write it as a text, which counts as present. There it is
 * `isMany || undefined`.
 */
export type Presence = true | '' | null | undefined

export interface OssUploadAttributes<Flag = Presence> {
  /** Name of the server's rules for this kind of upload. */
  profile: string
  /** Address of the service. @default the origin of the page */
  endpoint?: string | undefined
  /** Name of the form field: its values are the keys on OSS. */
  name?: string | undefined
  required?: Flag
  disabled?: boolean | undefined
  /** As of `<input accept>`. */
  accept?: string | undefined
  /** Bytes. */
  'max-size'?: number | string | undefined
  'max-files'?: number | string | undefined
  /** Many files. @default one; the next replaces it */
  multiple?: Flag
  /** A folder. */
  directory?: Flag
  /** A button for the camera: the front one with `user`, else the one at the back. */
  capture?: Flag | 'user' | 'environment'
  /** A button for the pictures of the clipboard. */
  clipboard?: Flag
  /** A style of the service's `objects.styles`: pictures of what is stored, made by OSS. @default none, nothing is asked */
  thumbnails?: string | undefined
  /** For the service, never for OSS; a function is called for each request. */
  headers?: Headers | undefined
  /** The application's own data about the uploads. */
  vars?: Record<string, string> | undefined
  /** All other options of `upload()`. */
  options?: Partial<UploadOptions> | undefined
  /** Texts of the page's own, by name or by error code; `undefined` is not among them. */
  texts?: Texts
}

/** `onupload-done` and so on, for JSX and Svelte. */
export type OssUploadHandlers = {
  [Name in keyof OssUploadEvents as `on${Name}`]?:
    | ((event: OssUploadEvents[Name]) => void)
    | undefined
}
