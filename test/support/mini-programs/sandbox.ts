/**
 * A mini program's JavaScript: the language, timers, `console` and the platform's own object, nothing of a browser or of
 * Node. The code is the file that users copy, in a realm of its own.
 */
import { createContext, runInContext } from 'node:vm'
import { bundleMini } from '../../../src/dev/build-client.ts'
import { bundleScript } from '../dev-page.ts'

/** Parameters of the function that WeChat wraps around each file: undefined in it, whatever the global object has. */
const HIDDEN =
  'window, document, frames, self, location, navigator, localStorage, history, XMLHttpRequest, fetch, FormData, Blob, AbortController, URL, Event, performance, queueMicrotask, structuredClone'

export async function loadMini<T>(name: 'wechat.js' | 'mini.js', globals: object): Promise<T> {
  const file = (await bundleMini()).find((one) => one.name === name)
  if (!file) throw new Error(`No ${name}.`)
  return run(file.code, globals, HIDDEN)
}

/** An app's bundle, with the globals of its runtime and the language alone. */
export async function loadNative<T>(globals: object): Promise<T> {
  const entryPoints = ['client/mini/react-native.ts']
  return run(await bundleScript({ entryPoints, format: 'cjs' }), globals)
}

function run<T>(code: string, globals: object, hidden = ''): T {
  const context = createContext({ ...globals, setTimeout, clearTimeout, console })
  const module = { exports: {} }
  const wrapped = `(function (require, module, exports, ${hidden}) {${code}\n})`
  const define: (...values: unknown[]) => void = runInContext(wrapped, context)
  const require = (path: string) => {
    throw new Error(`There is no module ${path}.`)
  }
  define(require, module, module.exports)
  return module.exports as T
}
