/**
 * oss-upcall/client/uppy: an uploader for Uppy, so that its Dashboard shows uploads with verified callbacks.
 * `response.body` of a file is your server's response; undefined with status 202 while it is still to come. Uppy is not imported at run time: the plugin's
 * interface is small, and so it works with the copy of Uppy that the page has.
 *
 * @see https://uppy.io/docs/guides/building-plugins/
 */
import type { BasePlugin, Body, Meta, State, Uppy, UppyFile } from '@uppy/core'
import { toUploadError, UploadError } from './http/errors.ts'
import type { Upload, UploadOptions, UploadResult } from './options.ts'
import { createUploader, type Uploader } from './upload/uploader.ts'

/** Options of `upload()`, except those for which Uppy has its own: progress, states, cancelling, names. */
export interface OssUpcallOptions<M extends Meta = Meta, B extends Body = Body>
  extends Omit<UploadOptions, 'onProgress' | 'onStateChange' | 'signal' | 'name' | 'vars'> {
  /** Needed only when two of these are installed. @default 'OssUpcall' */
  id?: string
  /** The application's own data about the upload; a function is called for each file. */
  vars?: Record<string, string> | ((file: UppyFile<M, B>) => Record<string, string>)
}

/** Shown for a file that is stored, while the application has not responded yet. */
const ACCEPTED = 'uploaded, being processed'
const OFFLINE = 'Offline: uploads continue when the network is back.'

type Contract<M extends Meta, B extends Body> = BasePlugin<OssUpcallOptions<M, B>, M, B>
type Running = Upload & Promise<UploadResult>

export class OssUpcall<M extends Meta, B extends Body> implements Contract<M, B> {
  readonly type = 'uploader'
  readonly VERSION = '0.1.0'
  readonly defaultLocale: Contract<M, B>['defaultLocale'] = { strings: {} }
  readonly uppy: Uppy<M, B>
  id: string
  opts: OssUpcallOptions<M, B>
  readonly #running = new Map<string, Running>()
  #uploader: Uploader

  constructor(uppy: Uppy<M, B>, opts: OssUpcallOptions<M, B>) {
    this.uppy = uppy
    this.opts = opts
    this.id = opts.id ?? 'OssUpcall'
    this.#uploader = createUploader(this.#readOptions())
  }

  install(): void {
    const { uppy } = this
    uppy.addUploader(this.#send)
    uppy.on('file-removed', this.#forget)
    uppy.on('upload-pause', this.#pauseOrResume)
    uppy.on('pause-all', this.#pauseAll)
    uppy.on('resume-all', this.#resumeAll)
    this.#setCapability(true)
  }

  uninstall(): void {
    const { uppy } = this
    uppy.removeUploader(this.#send)
    uppy.off('file-removed', this.#forget)
    uppy.off('upload-pause', this.#pauseOrResume)
    uppy.off('pause-all', this.#pauseAll)
    uppy.off('resume-all', this.#resumeAll)
    this.#setCapability(false)
    for (const upload of this.#running.values()) void upload.abort()
    this.#running.clear()
  }

  getPluginState(): Record<string, unknown> {
    return this.uppy.getState().plugins[this.id] ?? {}
  }
  setPluginState(update?: Record<string, unknown>): void {
    const { plugins } = this.uppy.getState()
    this.uppy.setState({ plugins: { ...plugins, [this.id]: { ...plugins[this.id], ...update } } })
  }
  /** Applies to files that start from now on. */
  setOptions(update: Partial<OssUpcallOptions<M, B>>): void {
    this.opts = { ...this.opts, ...update }
    this.#uploader = createUploader(this.#readOptions())
    this.setPluginState()
  }
  /** It has no texts. */
  i18n = (key: string): string => key
  i18nArray = (key: string): string[] => [key]
  i18nInit(): void {}
  update(_state: Partial<State<M, B>>): void {}
  afterUpdate(): void {}
  addTarget(): HTMLElement | null {
    return null
  }

  #readOptions(): UploadOptions {
    const { id: _, vars: __, ...options } = this.opts
    return options
  }

  #setCapability(resumableUploads: boolean): void {
    const { capabilities } = this.uppy.getState()
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads } })
  }

  #forget = ({ id }: UppyFile<M, B>): void => {
    void this.#running.get(id)?.abort()
    this.#running.delete(id)
  }

  #pauseOrResume = (file: UppyFile<M, B> | undefined, isPaused: boolean): void => {
    const upload = this.#running.get(file?.id ?? '')
    if (isPaused) upload?.pause()
    else this.#resume(upload)
  }

  #pauseAll = (): void => {
    for (const upload of this.#running.values()) upload.pause()
  }

  #resumeAll = (): void => {
    for (const upload of this.#running.values()) this.#resume(upload)
  }

  /** Only a paused upload: for a failed upload Uppy calls the uploader again. */
  #resume(upload: Upload | undefined): void {
    if (upload?.state === 'paused') void upload.resume()
  }

  #send = async (ids: string[]): Promise<void> => {
    const { uppy } = this
    const files = ids
      .map((id) => uppy.getFile(id))
      .filter((file) => file && !file.error && !file.progress.uploadComplete)
    uppy.emit('upload-start', files)
    await Promise.all(files.map((file) => this.#follow(file)))
  }

  /** Never rejects: Uppy gets failures as events, file by file. */
  async #follow({ id }: UppyFile<M, B>): Promise<void> {
    const { uppy } = this
    try {
      const known = this.#running.get(id)
      const { response, delivery } = await (known ? known.resume() : this.#start(id))
      this.#running.delete(id)
      const file = uppy.getFile(id)
      const body = response as B
      const isAccepted = delivery === 'accepted'
      if (isAccepted) uppy.info(`${file.name}: ${ACCEPTED}`)
      const status = isAccepted ? 202 : 200
      uppy.emit('upload-success', file, { status, body, bytesUploaded: file.size ?? 0 })
    } catch (thrown) {
      const error = toUploadError(thrown, 'send')
      if (error.code === 'ABORTED') return
      uppy.emit('upload-error', uppy.getFile(id), error, { status: error.status ?? 0 })
    }
  }

  /** Uppy has no such states: shown as a message until the next attempt. */
  #showWait({ state, progress }: Upload, name: string): void {
    const { nextAttemptAt = 0 } = progress
    const waitMs = Math.max(1000, nextAttemptAt - Date.now())
    const text =
      state === 'offline' ? OFFLINE : `${name}: trying again in ${Math.ceil(waitMs / 1000)} s`
    const isShown = this.uppy.getState().info.some(({ message }) => message === text)
    if (!isShown) this.uppy.info(text, 'warning', waitMs)
  }

  /** @throws UploadError REMOTE_FILE when the bytes are not in this browser */
  #start(id: string): Running {
    const file = this.uppy.getFile(id)
    const { data, type, meta } = file
    const { vars } = this.opts
    if (!(data instanceof Blob)) {
      const message = 'The bytes of this file are not in this browser; choose it from this device.'
      throw new UploadError('REMOTE_FILE', 'sign', {}, message)
    }
    const own = typeof vars === 'function' ? vars(file) : vars
    // Not the `name` that it has anyway: a transform may change it.
    const typed = withType(data, type, meta.name)
    const upload = this.#uploader.upload(typed, {
      ...((typed as Partial<File>).name !== meta.name && { name: meta.name }),
      ...(own && { vars: own }),
      onStateChange: (state) => {
        if (state === 'offline' || state === 'retrying') this.#showWait(upload, meta.name)
      },
      onProgress: ({ total, percentage }) => {
        const now = this.uppy.getFile(id)
        const { uploadStarted } = now?.progress ?? {}
        if (!uploadStarted) return
        // From the percentage, not the bytes: 100 % only after the server's response.
        const bytesUploaded = Math.floor((total * percentage) / 100)
        this.uppy.emit('upload-progress', now, { uploadStarted, bytesUploaded, bytesTotal: total })
      },
    })
    this.#running.set(id, upload)
    return upload
  }
}

/** Uppy guesses a type from the name where the browser knows none. */
function withType(data: Blob, type: string, name: string): Blob {
  if (data.type || !type) return data
  return new File([data], name, { type, lastModified: (data as Partial<File>).lastModified ?? 0 })
}
