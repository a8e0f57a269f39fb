/** @jsxImportSource solid-js */
import { createUploads, uploadField } from 'oss-upcall/solid'
import { For, Show } from 'solid-js'

export function Photos(props: { endpoint: string; token: string }) {
  const photos = createUploads(() => ({
    endpoint: props.endpoint,
    profile: 'photos',
    headers: { authorization: `Bearer ${props.token}` },
  }))
  return (
    <>
      <label>
        Photos <input type="file" multiple accept="image/*" ref={uploadField(photos.add)} />
      </label>
      <ul>
        <For each={photos.uploads}>
          {(entry) => (
            <li>
              {entry.name}{' '}
              <progress max={100} value={entry.progress.percentage} aria-label={entry.name} />{' '}
              {entry.error?.message ?? entry.state}
              <Show when={entry.state === 'uploading'}>
                <button type="button" onClick={entry.pause}>
                  Pause
                </button>
              </Show>
              <Show when={['paused', 'failed', 'stored'].includes(entry.state)}>
                <button type="button" onClick={entry.resume}>
                  Go on
                </button>
              </Show>
              <button type="button" onClick={() => photos.remove(entry.key)}>
                Remove
              </button>
            </li>
          )}
        </For>
      </ul>
    </>
  )
}
