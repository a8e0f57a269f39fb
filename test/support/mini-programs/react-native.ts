/**
 * A stand-in for React Native's networking over real sockets: what its JavaScript side gives to apps (`XMLHttpRequest`,
 * `FormData` with `{ uri, name, type }`, a body `{ uri }`), and what its native sides write. Written after its public
 * sources: header names of parts in lower case; on Android the length of each part (OkHttp 4.9) and a `Content-Type` of its own
 * case; on iOS the whole body in memory. Not
 * followed: redirects, cookies, caches, and that iOS writes the two headers of a part in no certain order.
 *
 * @see https://github.com/facebook/react-native/tree/main/packages/react-native/Libraries/Network
 * @see https://github.com/square/okhttp/blob/parent-4.9.2/okhttp/src/main/kotlin/okhttp3/MultipartBody.kt
 */
import { buildMultipart, type Exchange, type Framing, send } from './wire.ts'

export type NativeDevice = 'ios' | 'android' | 'android-okhttp-5'

const FRAMINGS: Readonly<Record<NativeDevice, Framing>> = {
  ios: {
    boundary: 'Kq0x.vB2-7nZyTe_5wYcGm1LrJd8HsPuFa3RiXo9QkNtWbEjVhMlCzOgDfSpUyA4I6',
    disposition: 'content-disposition',
    contentType: 'content-type',
  },
  android: {
    boundary: 'be1563be-4245-4ac5-8a95-498ba5b57ba8',
    disposition: 'content-disposition',
    contentType: 'Content-Type',
    hasLengths: true,
  },
  'android-okhttp-5': {
    boundary: '4f6f0a5e-9d0c-4c1e-8f3b-0e1f2a3b4c5d',
    disposition: 'content-disposition',
    contentType: 'Content-Type',
  },
}

interface FileReference {
  uri: string
  name?: string
  type?: string
}

export interface NativeApp {
  /** The globals that an app has, and no more: an old `AbortController`, no `navigator.onLine`, no `self`. */
  globals: object
  /** Method and type of each request with a file. */
  log: string[]
  /** Times that a file was opened as a blob, and those that are still open. */
  blobs: { opened: number; open: number }
}

export function createNativeApp(device: NativeDevice, files: Map<string, Uint8Array>): NativeApp {
  const log: string[] = []
  const blobs = { opened: 0, open: 0 }

  class NativeFormData {
    readonly parts: [string, string | FileReference][] = []
    append(name: string, value: string | FileReference): void {
      this.parts.push([name, value])
    }
  }

  function encode(form: NativeFormData): { type: string; body: Uint8Array } | undefined {
    const fields: Record<string, string> = {}
    for (const [name, value] of form.parts) {
      if (typeof value === 'string') {
        fields[name] = value
        continue
      }
      const bytes = files.get(value.uri)
      if (!bytes) return undefined
      const fileName = encodeURIComponent(value.name ?? '')
      const framing = FRAMINGS[device]
      const file = { name, fileName, type: value.type ?? '', bytes }
      const body = buildMultipart(framing, fields, file)
      return { type: `multipart/form-data; boundary=${framing.boundary}`, body }
    }
    return undefined
  }

  class NativeRequest {
    status = 0
    responseText = ''
    response: unknown = null
    responseType = ''
    onload: (() => void) | null = null
    onerror: (() => void) | null = null
    onloadend: (() => void) | null = null
    readonly upload: {
      onprogress: ((event: { loaded: number; total: number }) => void) | null
      onload: (() => void) | null
    } = { onprogress: null, onload: null }
    private method = ''
    private url = ''
    private readonly headers: Record<string, string> = {}
    private responseHeaders: Record<string, string> | undefined
    private exchange: Exchange | undefined
    private isDone = false

    open(method: string, url: string): void {
      this.method = method
      this.url = url
    }

    setRequestHeader(name: string, value: string): void {
      this.headers[name.toLowerCase()] = String(value)
    }

    getAllResponseHeaders(): string | null {
      if (!this.responseHeaders) return null
      const lines = Object.entries(this.responseHeaders).sort()
      return `${lines.map(([name, value]) => `${name.toLowerCase()}: ${value}`).join('\r\n')}\r\n`
    }

    send(data?: string | NativeFormData | FileReference): void {
      setTimeout(() => this.start(data))
    }

    abort(): void {
      this.exchange?.abort()
      if (this.isDone) return
      this.isDone = true
      this.status = 0
      this.onloadend?.()
    }

    private fail(message: string): void {
      if (this.isDone) return
      this.isDone = true
      this.responseText = message
      this.onerror?.()
      this.onloadend?.()
    }

    private start(data: string | NativeFormData | FileReference | undefined): void {
      if (this.isDone) return
      if (!/^https?:/.test(this.url)) {
        this.readFile()
        return
      }
      let body: Uint8Array = Buffer.from(typeof data === 'string' ? data : '')
      if (data instanceof NativeFormData) {
        const encoded = encode(data)
        if (!encoded) {
          this.fail('Could not retrieve file for uri')
          return
        }
        body = encoded.body
        this.headers['content-type'] = encoded.type
        log.push(`${this.method} form`)
      } else if (typeof data === 'object') {
        const bytes = files.get(data.uri)
        if (!bytes) {
          this.fail('Could not retrieve file for uri')
          return
        }
        if (!this.headers['content-type']) {
          this.fail('no content-type header specified')
          return
        }
        body = bytes
        log.push(`${this.method} uri`)
      }
      this.exchange = send(this.method, this.url, this.headers, body, (loaded) =>
        this.upload.onprogress?.({ loaded, total: body.length }),
      )
      this.exchange.response.then(
        ({ status, headers, text }) => {
          if (this.isDone) return
          this.isDone = true
          this.status = status
          this.responseHeaders = headers
          this.responseText = text
          this.onload?.()
          this.onloadend?.()
        },
        () => this.fail('Network request failed'),
      )
    }

    /** Files of the device, only as a blob: a reference to the native side. */
    private readFile(): void {
      const bytes = files.get(this.url)
      if (!bytes || this.responseType !== 'blob') {
        this.fail('Could not open the file')
        return
      }
      this.isDone = true
      this.status = 200
      blobs.opened += 1
      blobs.open += 1
      this.response = {
        size: bytes.length,
        close: () => {
          blobs.open -= 1
        },
      }
      this.onload?.()
      this.onloadend?.()
    }
  }

  const globals = {
    XMLHttpRequest: NativeRequest,
    FormData: NativeFormData,
    navigator: { product: 'ReactNative' },
  }
  return { globals, log, blobs }
}
