/** One picture after the other, each in a worker of its own: its memory is freed with it. */
import { type DrawOptions, drawPicture } from './draw.ts'
import { throwIfAborted } from './prepare.ts'

/** The worker cannot draw, whatever the picture. */
class WorkerUnusable extends Error {}

let last: Promise<unknown> = Promise.resolve()

/**
 * As `drawPicture`. Pictures wait for each other: one of 50 megapixels takes 200 MB while it is drawn.
 *
 * @throws TransformError ABORTED, or the browser's error
 */
export async function drawInTurn(
  file: Blob,
  options: DrawOptions,
  signal: AbortSignal | undefined,
): Promise<Blob | undefined> {
  const before = last
  const own = before.then(async () => {
    throwIfAborted(signal)
    try {
      return await drawInWorker(file, options, signal)
    } catch (error) {
      throwIfAborted(signal)
      if (!(error instanceof WorkerUnusable)) throw error
      return drawPicture(file, options)
    }
  })
  last = own.catch(() => {})
  return own
}

function createWorker(): Worker {
  const source = `const draw = ${drawPicture}
onmessage = ({ data: [file, options] }) => {
  if (typeof OffscreenCanvas !== 'function') postMessage([])
  else draw(file, options).then((blob) => postMessage([true, blob]), (error) => postMessage([false, error.name, error.message]))
}`
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  try {
    return new Worker(url)
  } finally {
    // The worker has started to load it.
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
  }
}

function drawInWorker(
  file: Blob,
  options: DrawOptions,
  signal: AbortSignal | undefined,
): Promise<Blob | undefined> {
  return new Promise((resolve, reject) => {
    let worker: Worker
    try {
      worker = createWorker()
    } catch (cause) {
      reject(new WorkerUnusable('The page may not start a worker.', { cause }))
      return
    }
    const end = () => {
      worker.terminate()
      signal?.removeEventListener('abort', stop)
    }
    const stop = () => {
      end()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop)
    worker.onmessage = ({ data: [isDone, result, message] }) => {
      end()
      // ReferenceError: a bundler has made the source text depend on what only the page has.
      if (isDone) resolve(result)
      else if (isDone === undefined || result === 'ReferenceError')
        reject(new WorkerUnusable('The worker has no canvas.'))
      else reject(new DOMException(message, result))
    }
    worker.onerror = (event) => {
      event.preventDefault()
      end()
      reject(new WorkerUnusable('The worker cannot be loaded.'))
    }
    worker.postMessage([file, options])
  })
}
