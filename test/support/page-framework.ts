/** What every page framework must show of uploads: one suite for all of them, in a browser, against the real service and local OSS. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { UploadOptions } from '../../client/options.ts'
import type { UploadList, UseUploadsOptions } from '../../client/upload-list.ts'
import { askBackend, buildOptions, createFile, setRules, takeStats } from './browser-page.ts'

const MIB = 1024 * 1024

/** A component that is shown: it writes `describeEntry` of each upload into `li` elements, of the single upload into a `p`. */
export interface ShownUploads {
  many: Pick<UploadList, 'add' | 'remove' | 'abortAll'>
  one: { start: UploadList['replace']; pause(): void; resume(): void; abort(): void; reset(): void }
  /** Changes the options that the component was given. */
  setOptions(options: UseUploadsOptions): void
  unmount(): void | Promise<void>
}

export type ShowUploads = (target: HTMLElement, options: UseUploadsOptions) => ShownUploads

/** @param show called once for each test */
export function describePageFramework(framework: string, show: ShowUploads): void {
  describe(framework, () => {
    let target: HTMLElement
    let options: UploadOptions
    let shown: ShownUploads

    beforeEach(async () => {
      await askBackend('reset')
      options = await buildOptions()
      target = document.body.appendChild(document.createElement('div'))
    })
    afterEach(async () => {
      await shown.unmount()
      target.remove()
      await setRules({})
    })

    const start = (given: UseUploadsOptions) => {
      shown = show(target, given)
      return shown
    }
    const readItems = () => [...target.querySelectorAll('li')].map(({ textContent }) => textContent)
    const readOne = () => target.querySelector('p')?.textContent ?? ''

    describe('many uploads', () => {
      it('are shown from their start to the response', async () => {
        const { many } = start(options)
        expect(readItems()).toEqual([])
        const names = ['a.txt', '夏天.txt', 'empty.txt']
        const files = names.map((name, at) => createFile((2 - at) * 1000, name, 'text/plain'))
        const outcome = many.add(files)
        await expect.poll(readItems).toHaveLength(3)
        const outcomes = await outcome
        expect(outcomes.map(({ status }) => status)).toEqual(names.map(() => 'fulfilled'))
        await expect
          .poll(readItems)
          .toEqual(names.map((name) => expect.stringMatching(`^${name} done 100% \\{"id":`)))
        const { operations } = await takeStats()
        expect(operations.filter((name) => name === 'PostObject')).toHaveLength(3)
      })

      it('show a failure, try again by the newest options, and forget what is removed', async () => {
        const { many, setOptions } = start({ ...options, profile: 'none', retryDelays: [] })
        await many.add(createFile(10, 'a.txt', 'text/plain'))
        await expect.poll(readItems).toEqual(['a.txt failed 0% PROFILE_UNKNOWN'])
        setOptions(options)
        await many.add(createFile(10, 'b.txt', 'text/plain'))
        await expect.poll(readItems).toHaveLength(2)
        await expect.poll(() => readItems()[1]).toMatch(/^b.txt done/)
        many.remove('1')
        many.remove('2')
        await expect.poll(readItems).toEqual([])
      })

      it('go on when the component goes away, or are cancelled with it', async () => {
        await setRules({ bytesPerSecond: 4 * MIB })
        for (const abortOnUnmount of [false, true]) {
          const { many, unmount } = start({ ...options, abortOnUnmount })
          const outcome = many.add(createFile(MIB, 'a.bin', 'video/mp4'))
          await unmount()
          const [one] = await outcome
          expect(one?.status).toBe(abortOnUnmount ? 'rejected' : 'fulfilled')
        }
      })
    })

    describe('a single upload', () => {
      it('takes the place of the one before', async () => {
        const { one } = start(options)
        expect(readOne()).toBe('- idle 0% ')
        await one.start(createFile(10, 'first.txt', 'text/plain'))
        await expect.poll(readOne).toMatch(/^first.txt done 100% \{/)
        const second = one.start(createFile(10, 'second.txt', 'text/plain'))
        const third = one.start(createFile(10, 'third.txt', 'text/plain'))
        await expect(second).rejects.toMatchObject({ code: 'ABORTED' })
        await third
        await expect.poll(readOne).toMatch(/^third.txt done 100% \{/)
        one.reset()
        await expect.poll(readOne).toBe('- idle 0% ')
      })

      it('shows a failure that nobody awaits, which is no unhandled rejection', async () => {
        const unhandled: unknown[] = []
        const note = ({ reason }: PromiseRejectionEvent) => void unhandled.push(reason)
        addEventListener('unhandledrejection', note)
        const { one } = start({ ...options, profile: 'none', retryDelays: [] })
        void one.start(createFile(10, 'a.txt', 'text/plain'))
        await expect.poll(readOne).toBe('a.txt failed 0% PROFILE_UNKNOWN')
        one.resume()
        await expect.poll(readOne).toBe('a.txt failed 0% PROFILE_UNKNOWN')
        await new Promise((resolve) => setTimeout(resolve, 20))
        removeEventListener('unhandledrejection', note)
        expect(unhandled).toEqual([])
      })

      it('pauses, resumes and is cancelled', async () => {
        await setRules({ bytesPerSecond: 2 * MIB })
        const { one } = start({ ...options, method: 'multipart', partSize: 262_144 })
        const outcome = one.start(createFile(2 * MIB, 'a.bin', 'video/mp4'))
        outcome.catch(() => {})
        await vi.waitFor(() => expect(readOne()).toMatch(/^a.bin uploading [1-9]/), 5000)
        one.pause()
        await expect.poll(readOne).toMatch(/^a.bin paused/)
        one.resume()
        await expect.poll(readOne).toMatch(/^a.bin (signing|uploading)/)
        one.abort()
        await expect(outcome).rejects.toMatchObject({ code: 'ABORTED' })
        await expect.poll(readOne).toMatch(/^a.bin aborted/)
      })
    })
  })
}

/** Chooses files in an input as a user does. */
export function chooseFiles(input: HTMLInputElement, ...files: readonly File[]): void {
  const data = new DataTransfer()
  for (const file of files) data.items.add(file)
  input.files = data.files
  input.dispatchEvent(new Event('change', { bubbles: true }))
}
