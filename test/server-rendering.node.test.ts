/** The entries for page frameworks, rendered on a server by the real frameworks: an empty list, and no request. */
import { createComponent } from 'solid-js'
import { renderToString as renderSolid } from 'solid-js/web'
import { render } from 'svelte/server'
import { expect, it } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { UploadField, useUpload, useUploads } from '../client/vue.ts'
import Legacy from './support/components/legacy.svelte'
import Runes from './support/components/runes.svelte'
import { Uploads } from './support/components/solid/uploads.tsx'

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

it.each([
  ['with runes', Runes],
  ['without runes', Legacy],
])('Svelte renders an empty list, %s', async (_, component) => {
  const { body } = await render(component, { props: { options, expose: () => {} } })
  expect(body.replaceAll(/<!--.*?-->/g, '')).toBe('<ol></ol> <p>- idle 0% </p>')
})

it('Solid renders an empty list', () => {
  const html = renderSolid(() => createComponent(Uploads, { options, expose: () => {} }))
  expect(html.replaceAll(/ data-hk=\w+|<!--.*?-->/g, '')).toBe('<ol></ol><p>- idle 0% </p>')
})
