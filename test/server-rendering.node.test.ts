/** The entries for page frameworks, rendered on a server by the real frameworks: an empty list, and no request. */
import { expect, it } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { UploadField, useUpload, useUploads } from '../client/vue.ts'

// There is no such host.
const options = {
  endpoint: 'https://uploads.invalid',
  profile: 'photos',
  abortOnUnmount: true,
}

it('Vue renders an empty list and an input', async () => {
  const Page = defineComponent(() => {
    const { uploads, add } = useUploads(options)
    const { state } = useUpload(() => options)
    return () =>
      h('label', [
        `${uploads.value.length} ${state.value}`,
        h(UploadField, { onFiles: add, multiple: true, accept: 'image/*' }),
      ])
  })
  expect(await renderToString(createSSRApp(Page))).toBe(
    '<label>0 idle<input multiple accept="image/*" type="file"></label>',
  )
})
