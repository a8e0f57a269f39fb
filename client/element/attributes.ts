/** What markup can say about `<oss-upload>`: for the typings of React, Vue and Svelte. Types only. */
import type { OssUploadEvents } from './events.ts'
import type { Texts } from './texts.ts'

/**
 * Present or not. Only React takes `false` for "not": others write it as a text, which counts as present. There it is
 * `isMany || undefined`.
 */
export type Presence = true | '' | null | undefined

/** `headers`, `vars` and `options` are not here: they are properties, which markup does not set on a new element. */
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
  /** Texts of the page's own, by name or by error code; `undefined` is not among them. */
  texts?: Texts
}

/** `onupload-done` and so on, for JSX and Svelte. */
export type OssUploadHandlers = {
  [Name in keyof OssUploadEvents as `on${Name}`]?:
    | ((event: OssUploadEvents[Name]) => void)
    | undefined
}
