/**
 * The pictures of the rows: the file itself, then what OSS's image processing makes of the stored object. Loaded when the
 * first picture is added.
 */
import type { OwnObjectUrl } from '../../src/signer/ticket.ts'
import type { Entry } from './row.ts'
import { buildUploadOptions, type OptionSource } from './upload-options.ts'

/** Pictures that browsers show and that cannot run script; SVG can. */
const SHOWN = /^image\/(png|jpeg|gif|webp|avif)$/
/** What OSS may make a picture of. */
const PROCESSED = /^image\/(?!svg)/
/** For one step of a thumbnail, ms: the next one waits for it. */
const STEP_MS = 10_000
/** After so many failures in a row nothing more is asked: the service has no such style, or the bucket no image processing. */
const MAX_FAILURES = 3

export interface PictureHost extends OptionSource {
  readonly shadowRoot: ShadowRoot | null
  readonly entries: readonly Entry[]
}

interface Progress {
  style: string
  failures: number
  /** The thumbnails before. */
  last: Promise<void>
}

/** Whose own file was looked at. */
const previewed = new WeakSet<Element>()
/** The style that was asked for. */
const styled = new WeakMap<Element, string>()
const progresses = new WeakMap<PictureHost, Progress>()

/** Shows what is not shown yet. A row whose picture cannot be shown keeps what it has. Call it after each change. */
export function showPictures(host: PictureHost): void {
  const style = host.getAttribute('thumbnails')
  const thumbs = host.shadowRoot?.querySelectorAll('[part=thumb]') ?? []
  for (const [at, { file, type, result }] of host.entries.entries()) {
    const thumb = thumbs[at]
    if (!thumb) return
    if (file && SHOWN.test(type) && !previewed.has(thumb)) {
      previewed.add(thumb)
      void showFile(thumb, file)
    }
    if (style && result && PROCESSED.test(type) && styled.get(thumb) !== style) {
      styled.set(thumb, style)
      showStored(host, thumb, result.key, style)
    }
  }
}

/** A file that is no picture, whatever its name, changes nothing. */
async function showFile(thumb: Element, file: Blob): Promise<void> {
  const url = URL.createObjectURL(file)
  const image = await load(url).finally(() => URL.revokeObjectURL(url))
  // The thumbnail may have been quicker.
  if (image && !thumb.firstElementChild) thumb.replaceChildren(image)
}

/** One after the other. */
function showStored(host: PictureHost, thumb: Element, key: string, style: string): void {
  const known = progresses.get(host)
  const progress = known?.style === style ? known : { style, failures: 0, last: Promise.resolve() }
  progresses.set(host, progress)
  progress.last = progress.last.then(async () => {
    if (progress.failures >= MAX_FAILURES || !host.shadowRoot?.contains(thumb)) return
    const url = await askUrl(host, key, style).catch(() => undefined)
    const image = url && (await load(url))
    progress.failures = image ? 0 : progress.failures + 1
    if (image) thumb.replaceChildren(image)
  })
}

/** A signed URL of the service's `/objects/url`; undefined when it refuses. */
async function askUrl(host: PictureHost, key: string, style: string): Promise<string | undefined> {
  const { endpoint, headers } = buildUploadOptions(host)
  const query = new URLSearchParams({ key, style })
  const response = await fetch(`${endpoint.replace(/\/$/, '')}/objects/url?${query}`, {
    headers: (typeof headers === 'function' ? await headers() : headers) ?? {},
    signal: AbortSignal.timeout(STEP_MS),
  })
  if (!response.ok) return undefined
  return ((await response.json()) as OwnObjectUrl).url
}

/** @returns undefined for what is no picture, or does not come in time */
async function load(url: string): Promise<HTMLImageElement | undefined> {
  const image = new Image()
  image.alt = ''
  image.src = url
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, STEP_MS, false)
  })
  const isThere = await Promise.race([
    image.decode().then(
      () => true,
      () => false,
    ),
    late,
  ])
  clearTimeout(timer)
  return isThere ? image : undefined
}
