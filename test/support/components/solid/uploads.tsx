/** @jsxImportSource solid-js */
import { createSignal, For } from 'solid-js'
import { createUpload, createUploads, type UseUploadsOptions } from '../../../../client/solid.ts'
import { describeEntry } from '../../describe-entry.ts'

export function Uploads(props: { options: UseUploadsOptions; expose: (shown: object) => void }) {
  const [changed, setOptions] = createSignal<UseUploadsOptions>()
  const many = createUploads(() => changed() ?? props.options)
  const one = createUpload(() => changed() ?? props.options)
  props.expose({ many, one, setOptions })
  return (
    <>
      <ol>
        <For each={many.uploads}>{(entry) => <li>{describeEntry(entry)}</li>}</For>
      </ol>
      <p>{describeEntry(one)}</p>
    </>
  )
}
