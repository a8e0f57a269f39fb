/** The demo page: choose, drop or make files, follow what happens to them, and make it go wrong. */
import { findFileData, gatherFiles } from '../element/gather.ts'
import { createUploader } from '../index.ts'
import { type CallbackReport, createCallbackList } from './callbacks.ts'
import { createServerClock, type ServerClock } from './clock.ts'
import { createFaultPanel } from './faults.ts'
import { fetchJson, find } from './find.ts'
import { createLanguageSwitch, onLanguage, say, setText } from './language.ts'
import { createOfflineSwitch } from './offline.ts'
import { makeSample, SAMPLE_PROFILES, type SampleName } from './samples.ts'
import { createStage } from './stage.ts'
import type { TextName } from './texts.ts'
import { readPageClockMs } from './trace.ts'
import { type CallbackEnd, type CallbackStart, createTracing } from './tracing.ts'
import { createUnfinishedStore } from './unfinished.ts'
import { createUnfinishedRows } from './unfinished-rows.ts'
import { createUploadList } from './uploads.ts'
import { createWays } from './ways.ts'

interface DemoSettings {
  runId: string
  endpoint: string
  scriptTag: string
  ways: Record<string, string>
  thumbnails?: string
  profiles: { name: string; accept: string }[]
}

/** Small, so that much can happen in the middle of a file. */
const PART_BYTES = 2 * 1024 * 1024

const CLOCK_QUESTIONS = 3

const select = find(document, '#profile', HTMLSelectElement)
const input = find(document, '#file', HTMLInputElement)
const drop = find(document, '#drop', HTMLElement)
const fault = find(document, '#fault', HTMLElement)

const offline = createOfflineSwitch()

/** On a real site the signed-in user has such a token already. */
async function buildHeaders(): Promise<Record<string, string>> {
  if (offline.isOffline) throw new TypeError('fetch: this page is offline')
  const { token } = await fetchJson<{ token: string }>('/demo/token')
  return { authorization: `Bearer ${token}` }
}

/** Asks a few times: the quickest response says most. */
async function readClock(clock: ServerClock): Promise<void> {
  for (let asked = 0; asked < CLOCK_QUESTIONS; asked += 1) {
    const fromMs = readPageClockMs()
    const { nowMs } = await fetchJson<{ nowMs: number }>('/demo/clock')
    clock.narrow(fromMs, nowMs, readPageClockMs())
  }
}

async function start(): Promise<void> {
  // What scrolls must be reachable by keyboard, in every engine.
  for (const area of document.querySelectorAll<HTMLElement>('.scroll, .code')) area.tabIndex = 0
  createLanguageSwitch()
  const stage = createStage()
  const settings = await fetchJson<DemoSettings>('/demo/settings')
  const { endpoint, profiles, runId, scriptTag } = settings

  const clock = createServerClock()
  await readClock(clock)
  const tracing = createTracing(clock, offline)
  const unfinished = createUnfinishedStore(runId)
  const { storage, fingerprint } = unfinished
  const common = { endpoint, headers: buildHeaders, storage, fingerprint, partSize: PART_BYTES }
  const uploader = createUploader({ ...common, profile: select.value })
  const panel = createFaultPanel(offline, (error) => {
    fault.textContent = error.message
  })
  const uploads = createUploadList({
    ...{ uploader, tracing, stage, unfinished },
    onAccepted: panel.watch,
  })

  // Chosen before this script was there.
  const { value: chosen } = select
  select.replaceChildren(...profiles.map(({ name }) => new Option(name, name)))
  select.value = chosen
  const showProfile = (): void => {
    setText(find(document, '#profile-hint', HTMLElement), `profile_${select.value}` as TextName)
    input.accept = profiles.find(({ name }) => name === select.value)?.accept ?? ''
  }
  const chooseProfile = (name: string): void => {
    select.value = name
    showProfile()
  }
  select.addEventListener('change', showProfile)
  showProfile()

  /** Name of the file that was to be chosen again. */
  let expected = ''
  const addFiles = (files: Iterable<File>): void => {
    fault.textContent = ''
    for (const file of files) {
      const isContinued = waiting.take(file, select.value)
      if (expected && !isContinued) fault.textContent = say('notTheSame', { name: file.name })
      uploads.start(file, select.value)
    }
    expected = ''
  }
  async function addSample(sample: SampleName, profile = SAMPLE_PROFILES[sample]): Promise<void> {
    chooseProfile(profile)
    addFiles([await makeSample(sample)])
  }
  const waiting = createUnfinishedRows({
    store: unfinished,
    onSample: (sample, { file }) => void addSample(sample, file.profile),
    onChoose({ file }) {
      chooseProfile(file.profile)
      expected = file.name
      input.click()
    },
  })

  for (const button of document.querySelectorAll<HTMLElement>('[data-sample]')) {
    button.addEventListener('click', () => void addSample(button.dataset.sample as SampleName))
  }
  const addChosen = (): void => {
    addFiles(input.files ?? [])
    input.value = ''
  }
  input.addEventListener('change', addChosen)
  input.addEventListener('cancel', () => {
    expected = ''
  })
  addChosen()
  async function addDropped(data: DataTransfer): Promise<void> {
    const files = await gatherFiles(data)
    addFiles(files)
    if (files.length === 0) fault.textContent = say('noFiles')
  }
  drop.addEventListener('dragover', (event) => {
    event.preventDefault()
    drop.classList.add('over')
  })
  drop.addEventListener('dragleave', () => drop.classList.remove('over'))
  drop.addEventListener('drop', (event) => {
    event.preventDefault()
    drop.classList.remove('over')
    const data = findFileData(event)
    if (data) void addDropped(data)
  })

  const showCallback = createCallbackList()
  const events = new EventSource('/demo/log')
  const listen = <Data>(name: string, use: (data: Data) => void) =>
    events.addEventListener(name, ({ data }) => use(JSON.parse(data)))
  listen<CallbackStart>('callback-start', (news) => {
    const trace = tracing.onCallbackStart(news)
    if (trace) uploads.showTrace(trace)
  })
  listen<CallbackEnd & CallbackReport>('callback', (news) => {
    showCallback(news)
    const trace = tracing.onCallbackEnd(news)
    if (trace) uploads.showTrace(trace)
  })
  listen('application', uploads.onApplication)

  createWays({
    ...{ options: { endpoint, headers: buildHeaders }, sources: settings.ways, tracing },
    thumbnails: settings.thumbnails,
  })
  createEmbed(scriptTag)
}

function createEmbed(scriptTag: string): void {
  const embed = find(document, '#embed', HTMLElement)
  const copy = find(document, '#copy', HTMLButtonElement)
  embed.textContent = `${scriptTag}\n<script>\n  const { upload } = Upcall\n</script>`
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(embed.textContent ?? '').then(
      () => setText(copy, 'copied'),
      // Forbidden here: selected, it can be copied by hand.
      () => getSelection()?.selectAllChildren(embed),
    )
  })
  copy.addEventListener('blur', () => setText(copy, 'copy'))
}

start().catch((error: Error) => {
  onLanguage(() => {
    fault.textContent = say('startFailed', { reason: error.message })
  })
})
