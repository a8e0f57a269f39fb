/** `<oss-upload>` in JSX, as docs/react.md shows it; what is wrong does not compile. */
import type { OssUploadEvents } from '../../../client/element.ts'
import type { Headers } from '../../../client/index.ts'

interface ElementProps {
  headers: Headers
  isMany: boolean
  onAdd: (event: OssUploadEvents['upload-add']) => void
}

export function Element({ headers, isMany, onAdd }: ElementProps) {
  return (
    <oss-upload
      className="mine"
      endpoint="https://uploads.invalid"
      profile="photos"
      accept="image/*"
      max-size={5_000_000}
      multiple={isMany}
      required
      headers={headers}
      vars={{ album: '夏天' }}
      options={{ retryDelays: [] }}
      texts={{ choose: 'Add photos', chooseOne: 'Add a photo' }}
      onupload-add={onAdd}
      onupload-done={({ detail }) => console.log(detail.file.name, detail.result.key)}
    />
  )
}

export const wrong = [
  // @ts-expect-error: `profile` is missing.
  <oss-upload key="1" />,
  // @ts-expect-error: not a number.
  <oss-upload key="2" profile="photos" max-size={[]} />,
  // @ts-expect-error: a number.
  <oss-upload key="3" profile="photos" vars={{ album: 5 }} />,
]
