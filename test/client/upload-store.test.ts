import { describe, expect, it } from 'vitest'
import { UploadError } from '../../client/http/errors.ts'
import type { Progress, Upload, UploadOptions, UploadResult } from '../../client/options.ts'
import { createUploadStore, type StartUpload } from '../../client/upload-store.ts'

const OPTIONS: UploadOptions = { endpoint: 'https://uploads.example.com', profile: 'any' }
const PROGRESS = { loaded: 0, total: 3, percentage: 0, state: 'idle' } as Progress
const RESULT = { id: 'i', key: 'k', response: 1, delivery: 'done', via: 'callback' } as UploadResult

/** An upload that the test moves by hand. */
function createStart() {
  const started: {
    options: UploadOptions
    aborted: number
    resolve(): void
    reject(error: UploadError): void
  }[] = []
  const start: StartUpload = (file, options) => {
    let settle: { resolve(result: UploadResult): void; reject(error: UploadError): void }
    const outcome = new Promise<UploadResult>((resolve, reject) => {
      settle = { resolve, reject }
    })
    const one = {
      options,
      aborted: 0,
      resolve: () => settle.resolve(RESULT),
      reject: (error: UploadError) => settle.reject(error),
    }
    started.push(one)
    const handle: Upload = {
      file,
      state: 'uploading',
      progress: PROGRESS,
      pause() {},
      resume: () => Promise.resolve(RESULT),
      async abort() {
        one.aborted += 1
      },
    }
    return Object.assign(outcome, handle)
  }
  return { start, started }
}

describe('the list of uploads', () => {
  it('is the same until something changes, and then another one', async () => {
    const { start, started } = createStart()
    const store = createUploadStore(start)
    let changes = 0
    const end = store.subscribe(() => {
      changes += 1
    })
    const empty = store.getSnapshot()
    expect(store.getSnapshot()).toBe(empty)
    const outcome = store.add(new File(['abc'], '夏.txt'), OPTIONS)
    const [before] = store.getSnapshot()
    expect(before).toMatchObject({ name: '夏.txt', state: 'uploading' })
    started[0]?.options.onStateChange?.('completing')
    expect(before?.state).toBe('uploading')
    expect(store.getSnapshot()[0]?.state).toBe('completing')
    started[0]?.resolve()
    expect(await outcome).toBe(RESULT)
    expect(store.getSnapshot()[0]?.result).toBe(RESULT)
    expect(changes).toBe(3)
    end()
    store.remove('1')
    expect(changes).toBe(3)
  })

  it('tells the page’s own listeners, too', () => {
    const { start, started } = createStart()
    const seen: unknown[] = []
    createUploadStore(start).add(new Blob(['a']), {
      ...OPTIONS,
      onProgress: (progress) => seen.push(progress),
      onStateChange: (state) => seen.push(state),
    })
    started[0]?.options.onProgress?.(PROGRESS)
    started[0]?.options.onStateChange?.('done')
    expect(seen).toEqual([PROGRESS, 'done'])
  })

  it('shows a failure, and forgets it when the upload goes on', async () => {
    const { start, started } = createStart()
    const store = createUploadStore(start)
    const outcome = store.add(new Blob(['a']), OPTIONS)
    const error = new UploadError('NETWORK', 'send')
    started[0]?.reject(error)
    await expect(outcome).rejects.toBe(error)
    expect(store.getSnapshot()[0]?.error).toBe(error)
    store.getSnapshot()[0]?.resume()
    expect(store.getSnapshot()[0]?.error).toBe(undefined)
    await expect.poll(() => store.getSnapshot()[0]?.result).toBe(RESULT)
  })

  it('cancels what is removed, and shows nothing of it any more', () => {
    const { start, started } = createStart()
    const store = createUploadStore(start)
    store.add(new Blob(['a']), OPTIONS).catch(() => {})
    store.remove('1')
    started[0]?.options.onStateChange?.('aborted')
    expect([started[0]?.aborted, store.getSnapshot()]).toEqual([1, []])
  })
})
