/** In the real Svelte, with runes and without, and the example of docs/svelte.md. */
import { flushSync, mount, unmount } from 'svelte'
import { describe, expect, it } from 'vitest'
import { createUploads, type UseUploadsOptions, uploadField } from '../../client/svelte.ts'
import Photos from '../../docs/examples/svelte/photos.svelte'
import source from '../../docs/examples/svelte/photos.svelte?raw'
import page from '../../docs/svelte.md?raw'
import { buildOptions, createFile } from '../support/browser-page.ts'
import Legacy from '../support/components/legacy.svelte'
import Runes from '../support/components/runes.svelte'
import {
  chooseFiles,
  describePageFramework,
  type ShownUploads,
  type ShowUploads,
} from '../support/page-framework.ts'

function createShow(component: typeof Runes): ShowUploads {
  return (target, options) => {
    let exposed: Omit<ShownUploads, 'unmount'> | undefined
    const expose = (shown: Omit<ShownUploads, 'unmount'>) => {
      exposed = shown
    }
    const mounted = mount(component, { target, props: { options, expose } })
    flushSync()
    if (!exposed) throw new Error('The component was not set up.')
    let isMounted = true
    return {
      ...exposed,
      async unmount() {
        if (isMounted) await unmount(mounted)
        isMounted = false
      },
    }
  }
}

describePageFramework('Svelte with runes', createShow(Runes))
describePageFramework('Svelte without runes', createShow(Legacy))

describe('outside a component', () => {
  it('uploads, and can be read at any time', async () => {
    const photos = createUploads(await buildOptions())
    await photos.add(createFile(10, 'a.txt', 'text/plain'))
    expect(photos.uploads).toMatchObject([{ name: 'a.txt', state: 'done' }])
  })

  it('refuses to be cancelled with a component', () => {
    const options: UseUploadsOptions = {
      endpoint: 'https://uploads.invalid',
      profile: 'photos',
      abortOnUnmount: true,
    }
    expect(() => createUploads(options)).toThrow('lifecycle_outside_component')
  })
})

it('uploadField gives the chosen files, and the same file a second time, until it is detached', () => {
  const chosen: string[][] = []
  const input = document.createElement('input')
  input.type = 'file'
  const detach = uploadField((files) => chosen.push(files.map(({ name }) => name)))(input)
  for (let time = 0; time < 2; time += 1) chooseFiles(input, new File(['a'], '夏天.txt'))
  chooseFiles(input)
  detach()
  chooseFiles(input, new File(['a'], 'late.txt'))
  expect(chosen).toEqual([['夏天.txt'], ['夏天.txt']])
})

it('the example of the page is the file that is tested, and uploads photos', async () => {
  expect(page).toContain(`\`\`\`svelte\n${source}\`\`\``)
  const { endpoint, headers } = await buildOptions()
  const [, token = ''] = Object.values(headers ?? {})
    .join()
    .split(' ')
  const target = document.createElement('div')
  const mounted = mount(Photos, { target, props: { endpoint, token } })
  flushSync()
  const input = target.querySelector('input') as HTMLInputElement
  chooseFiles(input, createFile(10, '夏天.png', 'image/png'), createFile(10, 'b.png', 'image/png'))
  await expect.poll(() => target.textContent).toMatch(/夏天\.png\s+done.+b\.png\s+done/s)
  for (const button of target.querySelectorAll('button')) button.click()
  flushSync()
  expect(target.querySelectorAll('li')).toHaveLength(0)
  await unmount(mounted)
})
