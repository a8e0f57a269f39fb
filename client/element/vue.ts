/**
 * Types of `<oss-upload>` for Vue's templates. The compiler option `isCustomElement` has to know the name, too.
 *
 * @see https://vuejs.org/guide/extras/web-components.html#non-vue-web-components-and-typescript
 */
import type { EmitFn, HTMLAttributes, PublicProps } from 'vue'
import type { OssUploadAttributes } from './attributes.ts'
import type { OssUploadEvents } from './events.ts'
import type { OssUploadElement } from './oss-upload.ts'

export type OssUploadComponent = new () => OssUploadElement & {
  /** Only for templates. */
  $props: Omit<HTMLAttributes, keyof OssUploadAttributes> & PublicProps & OssUploadAttributes
  /** Only for templates. */
  $emit: EmitFn<{ [Name in keyof OssUploadEvents]: (event: OssUploadEvents[Name]) => void }>
}

declare module 'vue' {
  interface GlobalComponents {
    'oss-upload': OssUploadComponent
  }
}
