/**
 * Types of `<oss-upload>` for Svelte's templates.
 *
 * @see https://svelte.dev/docs/svelte/typescript#Enhancing-built-in-DOM-types
 */
import type { HTMLAttributes } from 'svelte/elements'
import type { OssUploadAttributes, OssUploadHandlers } from './attributes.ts'
import type { OssUploadElement } from './oss-upload.ts'

/** In components without runes. */
type Directives = {
  [Name in keyof OssUploadHandlers as Name extends `on${infer Event}`
    ? `on:${Event}`
    : never]: OssUploadHandlers[Name]
}

export interface OssUploadProps
  extends Omit<HTMLAttributes<OssUploadElement>, keyof OssUploadAttributes>,
    OssUploadAttributes,
    OssUploadHandlers,
    Directives {}

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'oss-upload': OssUploadProps
  }
}
