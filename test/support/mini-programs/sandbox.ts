/**
 * A mini program's JavaScript: the language, timers, `console` and the platform's own object, nothing of a browser or of
 * Node. The code is the file that users copy, in a realm of its own.
 */
import { createContext, runInContext } from 'node:vm'
import { bundleMini } from '../../../src/dev/build-client.ts'

/** Parameters of the function that WeChat wraps around each file: undefined in it, whatever the global object has. */
const HIDDEN =
  'window, document, frames, self, location, navigator, localStorage, history, XMLHttpRequest, fetch, FormData, Blob, AbortController, URL, Event, performance, queueMicrotask, structuredClone'

export async function loadMini<T>(name: 'wechat.js' | 'mini.js', globals: object): Promise<T> {
  const file = (await bundleMini()).find((one) => one.name === name)
  if (!file) throw new Error(`No ${name}.`)
  const context = createContext({ ...globals, setTimeout, clearTimeout, console })
  const module = { exports: {} }
  const wrapped = `(function (require, module, exports, ${HIDDEN}) {${file.code}\n})`
  const define: (...values: unknown[]) => void = runInContext(wrapped, context)
  const require = (path: string) => {
    throw new Error(`A mini program has no module ${path}.`)
  }
  define(require, module, module.exports)
  return module.exports as T
}
