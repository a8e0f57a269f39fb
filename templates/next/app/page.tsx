import { Photos } from '../ui/photos.tsx'

export default function Page() {
  return <Photos />
}
