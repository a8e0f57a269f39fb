/** docs/examples/react/dropzone.tsx, as readers copy it: in the real React, in Strict Mode, by mouse, drop and keyboard. */
import axe from 'axe-core'
import { act, createElement, StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { UploadOptions } from '../../client/options.ts'
import { Dropzone, type DropzoneProps } from '../../docs/examples/react/dropzone.tsx'
import { askBackend, buildOptions, createFile } from '../support/browser-page.ts'
import { chooseFiles } from '../support/page-framework.ts'

const photo = (name: string, size = 10) => createFile(size, name, 'image/png')
let root: Root
let target: HTMLElement
let options: UploadOptions
let responses: unknown[]

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  await askBackend('reset')
  options = await buildOptions({ profile: 'photos' })
  responses = []
  target = document.body.appendChild(document.createElement('div'))
  root = createRoot(target)
})
afterEach(async () => {
  await act(async () => root.unmount())
  target.remove()
})

type ShownProps = Partial<DropzoneProps<object>>

async function show(more: ShownProps = {}): Promise<void> {
  const props = {
    options,
    onUploaded: ({ response }: { response: unknown }) => responses.push(response),
    ...more,
  }
  await act(async () =>
    root.render(createElement(StrictMode, null, createElement(Dropzone, props))),
  )
}

const choose = (...files: File[]) =>
  act(async () => chooseFiles(target.querySelector('input') as HTMLInputElement, ...files))
/** Lets React show what has happened so far. */
const until = (condition: () => unknown, expected: unknown) =>
  act(async () => expect.poll(condition).toEqual(expected))
const readStatus = () => target.querySelector('[role=status]')?.textContent
const readProblems = () => target.querySelector('[role=alert]')?.textContent
const click = (label: string) =>
  act(async () => target.querySelector<HTMLElement>(`[aria-label="${label}"]`)?.click())

it('uploads what is chosen, says what is left out, and reports each response once', async () => {
  await show({ accept: 'image/*, .txt', maxSize: 1_000_000 })
  await choose(
    photo('夏天.png'),
    photo('b.png', 20),
    photo('big.png', 1_000_001),
    new File(['a'], 'a.exe', { type: 'application/x-msdownload' }),
  )
  await until(readStatus, '2 of 2 uploaded')
  expect(readProblems()).toBe('big.png: larger than 1 MB.a.exe: this type is not accepted.')
  // Two at a time: whichever is done first is reported first.
  expect(responses).toHaveLength(2)
  expect(responses).toMatchObject(
    expect.arrayContaining(['夏天.png', 'b.png'].map((name) => expect.objectContaining({ name }))),
  )
  const { violations } = await axe.run(target)
  expect(violations.map(({ id }) => id)).toEqual([])
  await click('Remove: 夏天.png')
  await until(readStatus, '1 of 1 uploaded')
  await choose(photo('c.png'))
  await until(readStatus, '2 of 2 uploaded')
  expect([readProblems(), responses.length]).toEqual([undefined, 3])
})

it('takes files that are dropped, one when it is for one, none when it is disabled', async () => {
  const drop = async () => {
    const dataTransfer = new DataTransfer()
    for (const name of ['a.png', 'b.png']) dataTransfer.items.add(photo(name))
    const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
    await act(async () => target.querySelector('label')?.dispatchEvent(event))
    // Else the browser would open the file.
    expect(event.defaultPrevented).toBe(true)
  }
  await show({ disabled: true })
  await drop()
  expect(target.querySelectorAll('[data-slot=dropzone-item]')).toHaveLength(0)
  await show({ multiple: false })
  await drop()
  await until(readStatus, '1 of 1 uploaded')
  expect(responses).toMatchObject([{ name: 'a.png' }])
})

it('says why an upload failed, and goes on', async () => {
  await show({ options: { ...options, profile: 'none', retryDelays: [] } })
  await choose(photo('a.png'))
  await until(() => target.querySelector('li')?.dataset.state, 'failed')
  expect(target.querySelector('li')?.textContent).not.toContain('failed ·')
  await click('Go on: a.png')
  await until(() => target.querySelector('li')?.dataset.state, 'failed')
  await click('Remove: a.png')
  expect([target.querySelector('li'), responses]).toEqual([null, []])
})

it('reports nothing as long as the application has not responded', async () => {
  await askBackend('respondWith', { isAccepted: true })
  await show()
  await choose(photo('a.png'))
  await until(() => target.querySelector('li')?.dataset.state, 'stored')
  expect(target.querySelector('[aria-label="Go on: a.png"]')).not.toBe(null)
  expect(responses).toEqual([])
})
