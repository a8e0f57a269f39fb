/**
 * Stand-ins for `my` of Alipay and `dd` of DingTalk, over real sockets: names of fields, numbers of faults, HTTP errors as
 * faults, `dataType`, required fields, the list of domains and the fixed Referer are those of their documents. The framing is
 * the one that Alibaba's document of `my.uploadFile` for 千牛 shows; the others show none. HTTP of this machine, not HTTPS.
 * Over 200 lines: both platforms have one implementation here, as they have in their documents.
 *
 * @see https://opendocs.alipay.com/mini/api/owycmh
 * @see https://open.alitrip.com/docs/doc.htm?articleId=117496&docType=1&treeId=785
 */
import { buildMultipart, type Exchange, type Framing, send, type WireResponse } from './wire.ts'

const FRAMING: Framing = {
  boundary: '----WebKitFormBoundaryyp7ENyhCrRrAdt2C',
  disposition: 'Content-Disposition',
  contentType: 'Content-Type',
}

interface Fault {
  error: number
  errorMessage: string
}

interface Settings {
  url: string
  method?: string
  headers?: Record<string, string>
  data?: string
  dataType?: 'json' | 'text'
  timeout?: number
  filePath?: string
  apFilePath?: string
  name?: string
  fileName?: string
  fileType?: string
  header?: Record<string, string>
  formData?: Record<string, string>
  success?(response: object): void
  fail?(fault: object): void
}

export interface AlipayOptions {
  domains: readonly string[]
  files: Map<string, Uint8Array>
  /** Above it every request fails with 13. */
  maxTimeoutMs?: number
}

export interface Alipay {
  my: object
  dd: object
  /** Settings of each call, as the client gave them. */
  uploads: Settings[]
  requests: Settings[]
}

/** "error: 19": the response is in the fault. */
const FIRST_HTTP_ERROR = 400

export function createAlipay({ domains, files, maxTimeoutMs = 60_000 }: AlipayOptions): Alipay {
  const fixed = {
    Referer:
      'https://2021000000000000.hybrid.alipay-eco.com/2021000000000000/0.1.0/index.html#pages/index',
  }
  const uploads: Settings[] = []
  const requests: Settings[] = []

  function perform(
    settings: Settings,
    faults: Record<'domain' | 'network' | 'timeout', Fault>,
    start: () => Exchange,
    finish: (response: WireResponse) => void,
  ): { abort(): void } {
    let exchange: Exchange | undefined
    let isOver = false
    const fail = (fault: Fault) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      exchange?.abort()
      settings.fail?.(fault)
    }
    const limitMs = Math.min(settings.timeout ?? maxTimeoutMs, maxTimeoutMs)
    const timer = setTimeout(() => fail(faults.timeout), limitMs)
    setTimeout(() => {
      if (isOver) return
      if (!domains.includes(new URL(settings.url).origin)) return fail(faults.domain)
      exchange = start()
      exchange.response.then(
        (response) => {
          if (isOver) return
          isOver = true
          clearTimeout(timer)
          finish(response)
        },
        () => fail(faults.network),
      )
    })
    return { abort: () => fail({ error: 9, errorMessage: 'request task aborted' }) }
  }

  function request(settings: Settings) {
    requests.push(settings)
    const { url, method = 'GET', headers = {}, data = '', dataType = 'json' } = settings
    const all = { 'content-type': 'application/json', ...headers, ...fixed }
    return perform(
      settings,
      {
        domain: { error: 4, errorMessage: '无权限调用该接口' },
        network: { error: 12, errorMessage: '网络出错' },
        timeout: { error: 13, errorMessage: '超时' },
      },
      () => send(method, url, all, Buffer.from(data)),
      ({ status, headers, text }) => {
        const response = { data: text as unknown, status, headers }
        if (status >= FIRST_HTTP_ERROR) {
          settings.fail?.({ error: 19, errorMessage: 'http status error', ...response })
          return
        }
        try {
          if (dataType === 'json') response.data = JSON.parse(text)
        } catch {
          settings.fail?.({ error: 14, errorMessage: 'JSON parse data error' })
          return
        }
        settings.success?.(response)
      },
    )
  }

  function uploadFile(settings: Settings, hasTask: boolean) {
    uploads.push(settings)
    const { url, filePath = '', fileName, fileType = '', header = {}, formData = {} } = settings
    const name = hasTask ? (settings.name ?? fileName) : fileName
    const progress: ((update: object) => void)[] = []
    if (!name || !['image', 'video', 'audio'].includes(fileType)) {
      setTimeout(() => settings.fail?.({ error: 2, errorMessage: '参数无效' }))
      return {}
    }
    const bytes = files.get(filePath)
    if (!bytes) {
      setTimeout(() => settings.fail?.({ error: 11, errorMessage: '文件不存在' }))
      return {}
    }
    const localName = filePath.split('/').pop() ?? ''
    const part = { name, fileName: localName, type: `${fileType}/jpeg`, bytes }
    const body = buildMultipart(FRAMING, formData, part)
    const contentType = `multipart/form-data; boundary=${FRAMING.boundary}`
    const task = perform(
      settings,
      {
        domain: { error: 13, errorMessage: '没有权限' },
        network: { error: 12, errorMessage: '上传文件失败' },
        timeout: { error: 12, errorMessage: '上传文件失败' },
      },
      () =>
        send('POST', url, { ...header, ...fixed, 'Content-Type': contentType }, body, (sent) => {
          const progressed = Math.floor((100 * sent) / body.length)
          for (const listener of progress) {
            listener({
              progress: progressed,
              totalBytesSent: sent,
              totalBytesExpectedToSend: body.length,
            })
          }
        }),
      ({ status, headers, text }) =>
        settings.success?.({
          data: text,
          statusCode: hasTask ? status : String(status),
          header: headers,
        }),
    )
    return hasTask
      ? { ...task, onProgressUpdate: (listener: () => void) => void progress.push(listener) }
      : undefined
  }

  function getFileInfo({ apFilePath = '', success, fail }: Settings): void {
    const bytes = files.get(apFilePath)
    setTimeout(() =>
      bytes
        ? success?.({ size: bytes.length, digest: '' })
        : fail?.({ error: 10022, errorMessage: '本地文件不存在' }),
    )
  }

  return {
    my: {
      request,
      uploadFile: (settings: Settings) => uploadFile(settings, true),
      getFileInfo,
      getImageInfo: ({ src, success }: { src: string; success(info: object): void }) =>
        setTimeout(() => success({ path: src, type: 'jpeg', width: 4, height: 3 })),
      onNetworkStatusChange() {},
      onAppShow() {},
      onAppHide() {},
    },
    dd: {
      httpRequest: request,
      uploadFile: (settings: Settings) => uploadFile(settings, false),
    },
    uploads,
    requests,
  }
}
