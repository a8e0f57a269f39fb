/**
 * Types of `<oss-upload>` for JSX in React 19.
 *
 * @see https://react.dev/reference/react-dom/components#custom-html-elements
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { OssUploadAttributes, OssUploadHandlers } from './attributes.ts'
import type { OssUploadElement } from './oss-upload.ts'

export type OssUploadProps = DetailedHTMLProps<HTMLAttributes<OssUploadElement>, OssUploadElement> &
  OssUploadAttributes<boolean | undefined> &
  OssUploadHandlers

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'oss-upload': OssUploadProps
    }
  }
}
