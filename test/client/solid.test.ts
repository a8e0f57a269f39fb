/** In the real Solid, and the example of docs/solid.md. */
import { createComponent, createRoot } from 'solid-js'
import { render } from 'solid-js/web'
import { describe, expect, it } from 'vitest'
import { createUploads, uploadField } from '../../client/solid.ts'
import { Photos } from '../../docs/examples/solid/photos.tsx'
import source from '../../docs/examples/solid/photos.tsx?raw'
import page from '../../docs/solid.md?raw'
import { buildOptions, createFile } from '../support/browser-page.ts'
import { Uploads } from '../support/components/solid/uploads.tsx'
import { chooseFiles, describePageFramework, type ShownUploads } from '../support/page-framework.ts'

describePageFramework('Solid', (target, options) => {
  let exposed: Omit<ShownUploads, 'unmount'> | undefined
  const expose = (shown: object) => {
    exposed = shown as Omit<ShownUploads, 'unmount'>
  }
  const unmount = render(() => createComponent(Uploads, { options, expose }), target)
  if (!exposed) throw new Error('The component was not set up.')
  return { ...exposed, unmount }
})

describe('a list', () => {
  it('goes on outside a component, and ends with its own root', async () => {
    const options = await buildOptions()
    const photos = createUploads(options)
    await photos.add(createFile(10, 'a.txt', 'text/plain'))
    expect(photos.uploads).toMatchObject([{ name: 'a.txt', state: 'done' }])
    const ended = createRoot((end) => {
      const own = createUploads(options)
      end()
      return own
    })
    await ended.add(createFile(10, 'a.txt', 'text/plain'))
    expect(ended.uploads).toEqual([])
  })

  it('keeps its rows, so that a focused button stays while bytes are sent', async () => {
    const target = document.body.appendChild(document.createElement('div'))
    const options = await buildOptions()
    let many: ShownUploads['many'] | undefined
    const expose = (shown: object) => {
      many = (shown as ShownUploads).many
    }
    const end = render(() => createComponent(Uploads, { options, expose }), target)
    const outcome = many?.add(createFile(10, 'a.txt', 'text/plain'))
    const row = target.querySelector('li')
    await outcome
    await expect.poll(() => target.querySelector('li')?.textContent).toMatch(/^a.txt done/)
    expect(target.querySelector('li')).toBe(row)
    end()
    target.remove()
  })
})

it('uploadField gives the chosen files, and the same file a second time', () => {
  const chosen: string[][] = []
  const input = document.createElement('input')
  input.type = 'file'
  uploadField((files) => chosen.push(files.map(({ name }) => name)))(input)
  for (let time = 0; time < 2; time += 1) chooseFiles(input, new File(['a'], '夏天.txt'))
  chooseFiles(input)
  expect(chosen).toEqual([['夏天.txt'], ['夏天.txt']])
})

it('the example of the page is the file that is tested, and uploads photos', async () => {
  const [, example] = source.split('/** @jsxImportSource solid-js */\n')
  expect(page).toContain(`\`\`\`tsx\n${example}\`\`\``)
  const { endpoint, headers } = await buildOptions()
  const [, token = ''] = Object.values(headers ?? {})
    .join()
    .split(' ')
  const target = document.body.appendChild(document.createElement('div'))
  const end = render(() => createComponent(Photos, { endpoint, token }), target)
  const input = target.querySelector('input') as HTMLInputElement
  chooseFiles(input, createFile(10, '夏天.png', 'image/png'), createFile(10, 'b.png', 'image/png'))
  await expect.poll(() => target.textContent).toMatch(/夏天\.png\s+done.+b\.png\s+done/s)
  for (const button of target.querySelectorAll('button')) button.click()
  expect(target.querySelectorAll('li')).toHaveLength(0)
  end()
  target.remove()
})
