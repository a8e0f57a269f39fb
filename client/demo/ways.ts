/** The same file by plain client, element, Uppy and React, with the code of each; loaded when it comes into view. */
import type { Transport, TransportRequest, UploadOptions } from '../index.ts'
import { find } from './find.ts'
import { formatMs } from './format.ts'
import { getLanguage, onLanguage, say, showTexts } from './language.ts'
import { makeSample } from './samples.ts'
import type { TextName } from './texts.ts'
import { createTrace, measureTotalMs, readPageClockMs, settleDone, type Trace } from './trace.ts'
import type { Tracing } from './tracing.ts'
import type { SendFile, WayName } from './ways/mount-ways.ts'

/** px above the window's lower edge at which loading begins. */
const LOAD_AHEAD = '300px'

const TITLES: Readonly<Record<WayName, TextName>> = {
  plain: 'wayPlain',
  element: 'wayElement',
  uppy: 'wayUppy',
  react: 'wayReact',
}

export interface WaysOptions {
  options: Omit<UploadOptions, 'profile'>
  /** The service's style for pictures, where it has one. */
  thumbnails?: string | undefined
  /** Name → code that is shown. */
  sources: Readonly<Record<string, string>>
  tracing: Tracing
}

interface Card {
  name: WayName
  mount: HTMLElement
  transport: Transport
}

/** The last response of an upload: only it has the JSON of the server. A part's response is empty. */
function readFinal({ stage }: TransportRequest, status: number, text: string): unknown {
  if (status !== 200 || !text || !['send', 'complete', 'confirm'].includes(stage)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readName({ body }: TransportRequest): string {
  return typeof body === 'string' ? (JSON.parse(body) as { name: string }).name : ''
}

function createCard(card: HTMLElement, name: WayName, code: string, tracing: Tracing): Card {
  const dots = [...find(card, '.steps', HTMLElement).children]
  const time = find(card, '.ms', HTMLElement)
  const pre = find(card, 'pre', HTMLElement)
  pre.textContent = code
  onLanguage(() => {
    find(card, '.code', HTMLElement).ariaLabel = say('wayCode', { name: say(TITLES[name]) })
  })
  let trace = createTrace('')

  function show({ hops }: Trace): void {
    for (const [at, dot] of dots.entries()) {
      if (dot instanceof HTMLElement) dot.dataset.state = hops[at]?.state
    }
    time.textContent = hops[3].state === 'done' ? formatMs(measureTotalMs(trace)) : ''
  }

  const send = tracing.createTransport(
    (request) => {
      if (request.stage === 'sign' && request.url.endsWith('/uploads')) {
        trace = createTrace(readName(request))
      }
      return trace
    },
    (changed) => changed === trace && show(trace),
  )
  return {
    name,
    mount: find(card, '.mount', HTMLElement),
    async transport(request) {
      const response = await send(request)
      const final = readFinal(request, response.status, response.text)
      if (final !== undefined) {
        const via = request.stage === 'confirm' ? 'confirm' : 'callback'
        const result = { id: '', key: '', response: final, delivery: 'done', via } as const
        settleDone(trace, result, readPageClockMs())
        show(trace)
      }
      return response
    },
  }
}

/** @returns sends a file by all four */
async function load(
  cards: readonly Card[],
  { options, thumbnails }: WaysOptions,
): Promise<SendFile> {
  const style = document.createElement('link')
  Object.assign(style, { rel: 'stylesheet', href: '/demo/uppy.css' })
  document.head.append(style)
  const { MOUNTS } = await import('./ways/mount-ways.ts')
  const sends = cards.map(({ name, mount, transport }) => {
    const own = name === 'element' && { thumbnails }
    const send = MOUNTS[name](mount, { ...options, ...own, profile: 'anything', transport })
    mount.classList.add('is-ready')
    return send
  })
  onLanguage(() => {
    for (const { mount } of cards) {
      showTexts(mount)
      mount.querySelector('oss-upload')?.setAttribute('lang', getLanguage())
    }
  })
  return (file) => {
    for (const send of sends) send(file)
  }
}

export function createWays(options: WaysOptions): void {
  const section = find(document, '#ways', HTMLElement)
  const fault = find(document, '#ways-fault', HTMLElement)
  const input = find(document, '#ways-file', HTMLInputElement)
  const sample = find(document, '#ways-sample', HTMLButtonElement)
  const cards = (['plain', 'element', 'uppy', 'react'] as const).map((name) => {
    const card = find(section, `[data-way=${name}]`, HTMLElement)
    return createCard(card, name, options.sources[name] ?? '', options.tracing)
  })
  let loading: Promise<SendFile> | undefined

  function loadOnce(): Promise<SendFile> {
    loading ??= load(cards, options).catch((error: Error) => {
      fault.textContent = say('waysFailed', { reason: error.message })
      loading = undefined
      throw error
    })
    return loading
  }
  const send = (file: File) => {
    fault.textContent = ''
    // A failure is shown already.
    loadOnce().then(
      (sendByAll) => sendByAll(file),
      () => {},
    )
  }

  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    if (file) send(file)
    input.value = ''
  })
  sample.addEventListener('click', async () => send(await makeSample('photo')))
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      observer.disconnect()
      loadOnce().catch(() => {})
    },
    { rootMargin: LOAD_AHEAD },
  )
  observer.observe(section)
}
