/** The composables in the real Vue, and the example of docs/vue.md. */
import { afterEach, describe, expect, it } from 'vitest'
import { createApp, defineComponent, effectScope, h, nextTick, reactive, shallowRef } from 'vue'
import { UploadField, type UseUploadsOptions, useUpload, useUploads } from '../../client/vue.ts'
import Photos from '../../docs/examples/vue/photos.vue'
import source from '../../docs/examples/vue/photos.vue?raw'
import page from '../../docs/vue.md?raw'
import { buildOptions, createFile } from '../support/browser-page.ts'
import { describeEntry } from '../support/describe-entry.ts'
import { chooseFiles, describePageFramework } from '../support/page-framework.ts'

function show(target: HTMLElement, given: UseUploadsOptions) {
  const options = shallowRef(given)
  let shown: { many: ReturnType<typeof useUploads>; one: ReturnType<typeof useUpload> } | undefined
  const Shown = defineComponent(() => {
    const many = useUploads(options)
    const one = useUpload(() => options.value)
    shown = { many, one }
    return () => [
      h(
        'ol',
        many.uploads.value.map((entry) => h('li', { key: entry.key }, describeEntry(entry))),
      ),
      h('p', describeEntry(reactive(one))),
    ]
  })
  const app = createApp(Shown)
  app.mount(target)
  if (!shown) throw new Error('The component was not set up.')
  let isMounted = true
  return {
    ...shown,
    setOptions: (next: UseUploadsOptions) => {
      options.value = next
    },
    unmount() {
      if (isMounted) app.unmount()
      isMounted = false
    },
  }
}

describePageFramework('Vue', show)

describe('outside a component', () => {
  it('goes on without a scope, and ends with its own', async () => {
    const options = reactive({ ...(await buildOptions()), vars: { album: '夏天' } })
    const { uploads, add } = useUploads(options)
    await add(createFile(10, 'a.txt', 'text/plain'))
    expect(uploads.value).toMatchObject([{ state: 'done' }])
    const scope = effectScope()
    const ended = scope.run(() => useUploads(options))
    scope.stop()
    await ended?.add(createFile(10, 'a.txt', 'text/plain'))
    expect(ended?.uploads.value).toEqual([])
  })
})

describe('UploadField', () => {
  let unmount = () => {}
  afterEach(() => unmount())

  function mount(props: object) {
    const target = document.createElement('div')
    const app = createApp({ render: () => h(UploadField, props) })
    app.mount(target)
    unmount = () => app.unmount()
    return target.querySelector('input') as HTMLInputElement
  }

  it('gives the chosen files, and the same file a second time', () => {
    const chosen: string[][] = []
    const onFiles = (files: File[]) => void chosen.push(files.map(({ name }) => name))
    const input = mount({ onFiles, multiple: '', accept: 'image/*', class: 'mine', type: 'text' })
    expect(input.outerHTML).toBe('<input multiple="" accept="image/*" class="mine" type="file">')
    for (let time = 0; time < 2; time += 1) chooseFiles(input, new File(['a'], '夏天.txt'))
    chooseFiles(input)
    expect(chosen).toEqual([['夏天.txt'], ['夏天.txt']])
  })

  it('calls the page’s own listeners once', () => {
    let clicks = 0
    const input = mount({
      onClick(event: Event) {
        event.preventDefault()
        clicks += 1
      },
    })
    input.click()
    expect(clicks).toBe(1)
  })
})

it('the example of the page is the file that is tested, and uploads photos', async () => {
  expect(page).toContain(`\`\`\`vue\n${source}\`\`\``)
  const { endpoint, headers } = await buildOptions()
  const [, token = ''] = Object.values(headers ?? {})
    .join()
    .split(' ')
  const target = document.createElement('div')
  const app = createApp(Photos, { endpoint, token })
  app.mount(target)
  const input = target.querySelector('input') as HTMLInputElement
  chooseFiles(input, createFile(10, '夏天.png', 'image/png'), createFile(10, 'b.png', 'image/png'))
  await expect.poll(() => target.textContent).toMatch(/夏天\.png\s+done.+b\.png\s+done/s)
  for (const button of target.querySelectorAll('button')) button.click()
  await nextTick()
  expect(target.querySelectorAll('li')).toHaveLength(0)
  app.unmount()
})
