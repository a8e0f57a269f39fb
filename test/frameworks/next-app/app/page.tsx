import { Upload } from './upload.tsx'

export default function Page() {
  return <Upload />
}
