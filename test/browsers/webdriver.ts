/** The few commands of W3C WebDriver that a journey needs, over fetch. */

/** @see https://www.w3.org/TR/webdriver2/#elements */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

interface ElementReference {
  [ELEMENT]: string
}

export class WebDriverError extends Error {
  override readonly name = 'WebDriverError'
  /** e.g. `no such element`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

async function send<Value>(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) {
  const response = await fetch(url, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const { value } = (await response.json()) as {
    value: Value & { error?: string; message?: string }
  }
  if (!response.ok) {
    const { error = 'unknown error', message = '' } = value
    const command = new URL(url).pathname.replace(/^\/session\/[^/]+/, '')
    throw new WebDriverError(error, `${method} ${command}: ${error}. ${message}`)
  }
  return value as Value
}

/** A session, i.e. one browser window. */
export interface WebDriverSession {
  goto(url: string): Promise<void>
  find(selector: string): Promise<string>
  /** Text into an element; for a file input, paths one a line. */
  type(element: string, text: string): Promise<void>
  click(element: string): Promise<void>
  /** Where the focus is; a character as in the specification's table of keys. */
  moveKey(direction: 'keyDown' | 'keyUp', character: string): Promise<void>
  /** The body of a function; `arguments` are JSON. A promise it returns is awaited. */
  execute<Result>(body: string, args: unknown[]): Promise<Result>
  resizeWindow(width: number, height: number): Promise<void>
  screenshot(): Promise<Uint8Array>
  end(): Promise<void>
}

/** @throws WebDriverError when the driver refuses, and on any later refusal */
export async function openSession(
  driverUrl: string,
  capabilities: Record<string, unknown>,
): Promise<WebDriverSession> {
  const { sessionId } = await send<{ sessionId: string }>('POST', `${driverUrl}/session`, {
    capabilities: { alwaysMatch: capabilities },
  })
  const base = `${driverUrl}/session/${sessionId}`
  const post = <Value = null>(path: string, body: object = {}) =>
    send<Value>('POST', `${base}/${path}`, body)
  await post('timeouts', { script: 120_000, pageLoad: 120_000, implicit: 0 })

  return {
    async goto(url) {
      await post('url', { url })
    },
    async find(selector) {
      const body = { using: 'css selector', value: selector }
      return (await post<ElementReference>('element', body))[ELEMENT]
    },
    async type(element, text) {
      await post(`element/${element}/value`, { text })
    },
    async click(element) {
      await post(`element/${element}/click`)
    },
    async moveKey(type, value) {
      const actions = [{ type, value }]
      await post('actions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
    },
    execute: (script, args) => post('execute/sync', { script, args }),
    async resizeWindow(width, height) {
      await post('window/rect', { width, height })
    },
    async screenshot() {
      return Buffer.from(await send<string>('GET', `${base}/screenshot`), 'base64')
    },
    async end() {
      await send('DELETE', base)
    },
  }
}
