/**
 * A stand-in for `wx` of a WeChat mini program, over real sockets, as WeChat's documents describe it: domains, limits,
 * timeouts, texts of errors, the fixed Referer. The documents do not show the bytes of a multipart body: three framings
 * stand for those of iOS, Android and the developer tools. It takes addresses of this machine, over HTTP; WeChat does not.
 * Over 200 lines: one object with the calls that share its limits and its state.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/usability/PublicErrno.html
 */
import { buildMultipart, type Exchange, type Framing, send } from './wire.ts'

export type WechatDevice = 'ios' | 'android' | 'devtools'

const FRAMINGS: Readonly<Record<WechatDevice, Framing>> = {
  ios: {
    boundary: 'WABoundary+3F2A0C5E7B9D1246WA',
    disposition: 'Content-Disposition',
    contentType: 'Content-Type',
  },
  android: {
    boundary: '------------------------7da2e536604c8',
    disposition: 'content-disposition',
    contentType: 'content-type',
    fieldType: 'text/plain; charset=UTF-8',
  },
  devtools: {
    boundary: '----WebKitFormBoundaryyp7ENyhCrRrAdt2C',
    disposition: 'Content-Disposition',
    contentType: 'Content-Type',
  },
}

/** "最大并发限制是 10 个" of each API. */
const MAX_AT_ONCE = 10
/** "默认超时时间和最大超时时间都是 60s". */
const MAX_TIMEOUT_MS = 60_000
/** "5s 内网络请求没有结束，会回调错误信息 fail interrupted". */
const BACKGROUND_MS = 5000

interface Settings {
  url: string
  method?: string
  header?: Record<string, string>
  data?: unknown
  filePath?: string
  name?: string
  formData?: Record<string, string>
  timeout?: number
  success?(response: object): void
  fail?(fault: { errMsg: string; errno?: number }): void
  complete?(result: object): void
}

export interface WechatOptions {
  device?: WechatDevice
  /** Scheme, host and port of each, as in the list of the platform. */
  requestDomains: readonly string[]
  uploadDomains: readonly string[]
  /** Local files by path. */
  files: Map<string, Uint8Array>
  /** For tests: less than 60 s. */
  maxTimeoutMs?: number
  backgroundMs?: number
  /** What the user picks; undefined: cancels. */
  picked?: object[]
}

export interface Wechat {
  wx: object
  /** e.g. `uploadFile http://…`, in order. */
  log: string[]
  mostUploadsAtOnce: number
  /** Bodies of uploads as they were sent. */
  bodies: Buffer[]
  uploadHeaders: Record<string, string>[]
  runningTasks(): number
  setConnected(isConnected: boolean): void
  hide(): void
  show(): void
}

const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
}

export function createWechat(options: WechatOptions): Wechat {
  const { device = 'ios', files, maxTimeoutMs = MAX_TIMEOUT_MS } = options
  const running = { request: new Set<() => void>(), uploadFile: new Set<() => void>() }
  const listeners = {
    network: [] as ((status: { isConnected: boolean; networkType: string }) => void)[],
    show: [] as (() => void)[],
    hide: [] as (() => void)[],
  }
  let isConnected = true
  let isHidden = false
  let backgroundTimer: ReturnType<typeof setTimeout> | undefined

  function perform(
    api: keyof typeof running,
    domains: readonly string[],
    settings: Settings,
    start: (onSent: (sentBytes: number) => void) => Exchange,
    toResult: (response: {
      status: number
      headers: Record<string, string>
      text: string
    }) => object,
    total = 0,
  ) {
    const progress: ((update: object) => void)[] = []
    const headers: ((response: object) => void)[] = []
    let exchange: Exchange | undefined
    let isOver = false
    const end = () => {
      isOver = true
      clearTimeout(timer)
      running[api].delete(interrupt)
    }
    function fail(text: string, errno?: number): void {
      if (isOver) return
      end()
      exchange?.abort()
      const fault = { errMsg: `${api}:fail ${text}`, ...(errno !== undefined && { errno }) }
      settings.fail?.(fault)
      settings.complete?.(fault)
    }
    const interrupt = () => fail('interrupted', 600003)
    const timer = setTimeout(
      () => fail('timeout', 5),
      Math.min(settings.timeout ?? maxTimeoutMs, maxTimeoutMs),
    )
    state.log.push(`${api} ${settings.url.split('?')[0]}`)
    // Results come in a task of their own, as from a native layer.
    setTimeout(() => {
      if (!domains.includes(new URL(settings.url).origin)) {
        return fail('url not in domain list', 600002)
      }
      if (isHidden) return fail('interrupted', 600003)
      if (!isConnected) return fail('net::ERR_INTERNET_DISCONNECTED', 600001)
      if (running[api].size >= MAX_AT_ONCE) return fail('exceed max task count', 600004)
      if (isOver) return
      running[api].add(interrupt)
      if (api === 'uploadFile') {
        state.mostUploadsAtOnce = Math.max(state.mostUploadsAtOnce, running[api].size)
      }
      exchange = start((sentBytes) => {
        if (isOver) return
        const totalBytesExpectedToSend = total
        const update = {
          progress: Math.floor((100 * sentBytes) / total),
          totalBytesSent: sentBytes,
          totalBytesExpectedToSend,
        }
        for (const listener of progress) listener(update)
      })
      exchange.response.then(
        (response) => {
          if (isOver) return
          end()
          for (const listener of headers) listener({ header: response.headers })
          const result = { ...toResult(response), errMsg: `${api}:ok` }
          settings.success?.(result)
          settings.complete?.(result)
        },
        () => fail('net::ERR_CONNECTION_RESET', 600001),
      )
    })
    return {
      abort: () => fail('abort'),
      onProgressUpdate: (listener: (update: object) => void) => void progress.push(listener),
      onHeadersReceived: (listener: (response: object) => void) => void headers.push(listener),
    }
  }

  const fixedHeaders = {
    'User-Agent': 'Mozilla/5.0 MicroMessenger/8.0.60 Language/zh_CN',
    Referer: 'https://servicewechat.com/wx0123456789abcdef/12/page-frame.html',
  }

  const wx = {
    request(settings: Settings) {
      const { url, method = 'GET', header = {}, data = '' } = settings
      const lower = Object.fromEntries(
        Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const all = { 'content-type': 'application/json', ...lower, ...fixedHeaders }
      const text = typeof data === 'string' ? data : JSON.stringify(data)
      return perform(
        'request',
        options.requestDomains,
        settings,
        () => send(method, url, all, Buffer.from(text)),
        ({ status, headers, text }) => ({ statusCode: status, header: headers, data: parse(text) }),
      )
    },
    uploadFile(settings: Settings) {
      const { url, filePath = '', name = '', header = {}, formData = {} } = settings
      const bytes = files.get(filePath)
      if (!bytes) {
        setTimeout(() => settings.fail?.({ errMsg: 'uploadFile:fail file not found' }))
        return { abort() {}, onProgressUpdate() {}, onHeadersReceived() {} }
      }
      const framing = FRAMINGS[device]
      const fileName = filePath.split('/').pop() ?? ''
      const type = TYPES[fileName.split('.').pop() ?? ''] ?? 'application/octet-stream'
      const body = buildMultipart(framing, formData, { name, fileName, type, bytes })
      const contentType = `multipart/form-data; boundary=${framing.boundary}`
      return perform(
        'uploadFile',
        options.uploadDomains,
        settings,
        (onSent) => {
          state.bodies.push(body)
          const all = { ...header, ...fixedHeaders, 'content-type': contentType }
          state.uploadHeaders.push(all)
          return send('POST', url, all, body, onSent)
        },
        // No `header`: that comes by `onHeadersReceived`.
        ({ status, text }) => ({ statusCode: status, data: text }),
        body.length,
      )
    },
    chooseMedia(settings: Settings) {
      setTimeout(() => {
        if (!options.picked) return settings.fail?.({ errMsg: 'chooseMedia:fail cancel' })
        settings.success?.({ tempFiles: options.picked, type: 'mix', errMsg: 'chooseMedia:ok' })
      })
    },
    getFileSystemManager: () => ({
      getFileInfo({ filePath = '', success, fail }: Settings) {
        const bytes = files.get(filePath)
        setTimeout(() =>
          bytes
            ? success?.({ size: bytes.length, errMsg: 'getFileInfo:ok' })
            : fail?.({ errMsg: `getFileInfo:fail no such file or directory "${filePath}"` }),
        )
      },
    }),
    onNetworkStatusChange: (listener: (typeof listeners.network)[number]) =>
      void listeners.network.push(listener),
    onAppShow: (listener: () => void) => void listeners.show.push(listener),
    onAppHide: (listener: () => void) => void listeners.hide.push(listener),
  }

  const state: Wechat = {
    wx,
    log: [],
    mostUploadsAtOnce: 0,
    bodies: [],
    uploadHeaders: [],
    runningTasks: () => running.request.size + running.uploadFile.size,
    setConnected(next) {
      isConnected = next
      const status = { isConnected, networkType: isConnected ? 'wifi' : 'none' }
      for (const listener of listeners.network) listener(status)
    },
    hide() {
      for (const listener of listeners.hide) listener()
      backgroundTimer = setTimeout(() => {
        isHidden = true
        for (const interrupt of [...running.request, ...running.uploadFile]) interrupt()
      }, options.backgroundMs ?? BACKGROUND_MS)
    },
    show() {
      clearTimeout(backgroundTimer)
      isHidden = false
      for (const listener of listeners.show) listener()
    },
  }
  return state
}

/** "如果设为 json，会尝试对返回的数据做一次 JSON.parse". */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
