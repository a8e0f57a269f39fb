/** The hooks in the real React, in Strict Mode, against the real service and local OSS. */
import { act, createElement, StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { UploadOptions } from '../../client/options.ts'
import {
  type SingleUpload,
  UploadField,
  type Uploads,
  type UseUploadsOptions,
  useUpload,
  useUploads,
} from '../../client/react.ts'
import {
  askBackend,
  buildOptions,
  createFile,
  setRules,
  takeStats,
} from '../support/browser-page.ts'

const MIB = 1024 * 1024
let root: Root
let target: HTMLElement
let options: UploadOptions

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  await askBackend('reset')
  options = await buildOptions()
  target = document.body.appendChild(document.createElement('div'))
  root = createRoot(target)
})
afterEach(async () => {
  await act(async () => root.unmount())
  target.remove()
  await setRules({})
})

/** What the hook returned last. */
async function render<T>(useHook: (given: UseUploadsOptions) => T, given: UseUploadsOptions) {
  const seen: { current: T | undefined; renders: number } = { current: undefined, renders: 0 }
  function Component() {
    seen.current = useHook(given)
    seen.renders += 1
    return null
  }
  await act(async () => root.render(createElement(StrictMode, null, createElement(Component))))
  return () => seen.current as T
}

describe('useUploads', () => {
  it('shows each upload from its start to the response, and starts each once in Strict Mode', async () => {
    const read = await render(useUploads, options)
    expect(read().uploads).toEqual([])
    const files = [
      createFile(1000, 'a.txt', 'text/plain'),
      createFile(2000, '夏天.txt', 'text/plain'),
    ]
    let outcomes: PromiseSettledResult<unknown>[] = []
    await act(async () => {
      outcomes = await read().add(files)
    })
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(read().uploads).toMatchObject([
      { name: 'a.txt', state: 'done', progress: { percentage: 100 }, error: undefined },
      { name: '夏天.txt', state: 'done', result: { delivery: 'done' } },
    ])
    const { operations } = await takeStats()
    expect(operations.filter((name) => name === 'PostObject')).toHaveLength(2)
  })

  it('keeps its functions, so that effects and memos do not run again', async () => {
    const read = await render(useUploads, options)
    const before = read()
    await act(async () => void (await before.add(createFile(10, 'a.txt', 'text/plain'))))
    expect(read().add).toBe(before.add)
    expect(read().remove).toBe(before.remove)
    expect(read().uploads).not.toBe(before.uploads)
  })

  it('shows a failure, tries again, and forgets what is removed', async () => {
    const read = await render(useUploads, { ...options, profile: 'none', retryDelays: [] })
    await act(async () => void (await read().add(createFile(10, 'a.txt', 'text/plain'))))
    const [failed] = read().uploads
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'PROFILE_UNKNOWN' } })
    await act(async () => {
      failed?.resume()
      await vi.waitFor(() => expect(read().uploads[0]?.error).toBeDefined())
    })
    await act(async () => read().remove(failed?.key ?? ''))
    expect(read().uploads).toEqual([])
  })

  it('goes on when its component goes away, or is cancelled with it', async () => {
    await setRules({ bytesPerSecond: 4 * MIB })
    for (const abortOnUnmount of [false, true]) {
      const read = await render(useUploads, { ...options, abortOnUnmount })
      const running = read().add(createFile(MIB, 'a.bin', 'video/mp4'))
      await act(async () => root.unmount())
      const [outcome] = await running
      expect(outcome?.status).toBe(abortOnUnmount ? 'rejected' : 'fulfilled')
      root = createRoot(target)
    }
  })
})

describe('useUpload', () => {
  it('shows one file at a time', async () => {
    const read = await render<SingleUpload>(useUpload, options)
    expect(read().state).toBe('idle')
    await act(async () => void (await read().start(createFile(10, 'first.txt', 'text/plain'))))
    expect(read()).toMatchObject({ state: 'done', result: { via: 'callback' } })
    const first = read().result?.key
    await act(async () => void (await read().start(createFile(10, 'second.txt', 'text/plain'))))
    expect(read().result?.key).not.toBe(first)
    await act(async () => read().reset())
    expect(read()).toMatchObject({ state: 'idle', file: undefined, result: undefined })
  })

  it('reports a failure by its state: nobody has to use the promise', async () => {
    const unhandled: unknown[] = []
    const note = ({ reason }: PromiseRejectionEvent) => void unhandled.push(reason)
    addEventListener('unhandledrejection', note)
    const read = await render<SingleUpload>(useUpload, {
      ...options,
      profile: 'none',
      retryDelays: [],
    })
    await act(async () => {
      void read().start(createFile(10, 'a.txt', 'text/plain'))
      await vi.waitFor(() => expect(read().error).toBeDefined())
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    removeEventListener('unhandledrejection', note)
    expect([read().state, unhandled]).toEqual(['failed', []])
  })

  it('pauses, resumes and cancels', async () => {
    await setRules({ bytesPerSecond: 2 * MIB })
    const read = await render<SingleUpload>(useUpload, {
      ...options,
      method: 'multipart',
      partSize: 262_144,
    })
    const running = read().start(createFile(2 * MIB, 'a.bin', 'video/mp4'))
    await act(async () => vi.waitFor(() => expect(read().progress?.loaded).toBeGreaterThan(0)))
    await act(async () => read().pause())
    expect(read().state).toBe('paused')
    await act(async () => read().resume())
    await act(async () => read().abort())
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
    expect(read().state).toBe('aborted')
  })
})

describe('on a server', () => {
  it('renders an empty list and an input', () => {
    function Page() {
      const { uploads, add }: Uploads = useUploads(options)
      return createElement(
        'label',
        null,
        `Files: ${uploads.length}`,
        createElement(UploadField, { onFiles: add, multiple: true, accept: 'image/*' }),
      )
    }
    expect(renderToString(createElement(Page))).toBe(
      '<label>Files: 0<input multiple="" accept="image/*" type="file"/></label>',
    )
  })
})

describe('UploadField', () => {
  it('gives the chosen files, and the same file a second time', async () => {
    const chosen: string[][] = []
    const onFiles = (files: File[]) => void chosen.push(files.map(({ name }) => name))
    await act(async () => root.render(createElement(UploadField, { onFiles, multiple: true })))
    const input = target.querySelector('input') as HTMLInputElement
    for (let time = 0; time < 2; time += 1) {
      const data = new DataTransfer()
      data.items.add(new File(['a'], '夏天.txt'))
      input.files = data.files
      await act(async () => input.dispatchEvent(new Event('change', { bubbles: true })))
    }
    expect(chosen).toEqual([['夏天.txt'], ['夏天.txt']])
  })
})
