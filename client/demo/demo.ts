/** The demo page: choose or drop files, follow their upload, read the server's response. */
import { findFileData, gatherFiles } from '../element/gather.ts'
import { mayTryAgain } from '../element/row.ts'
import { explain } from '../explain.ts'
import { createUploader, type UploadError, type UploadResult } from '../index.ts'
import { createApplicationPanel } from './application.ts'
import { type CallbackReport, createLogRow, createUploadRow, find } from './rows.ts'

interface DemoSettings {
  endpoint: string
  scriptTag: string
  profiles: { name: string; hint: string; accept: string }[]
}

const MAX_LOG_ROWS = 50

const select = find(document, '#profile', HTMLSelectElement)
const hint = find(document, '#profile-hint', HTMLElement)
const input = find(document, '#file', HTMLInputElement)
const drop = find(document, '#drop', HTMLElement)
const list = find(document, '#uploads', HTMLOListElement)
const status = find(document, '#status', HTMLElement)
const fault = find(document, '#fault', HTMLElement)
const log = find(document, '#log', HTMLOListElement)

async function fetchJson<Data>(path: string): Promise<Data> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path} responded with ${response.status}.`)
  return response.json()
}

/** On a real site the signed-in user has such a token already. */
async function buildHeaders(): Promise<Record<string, string>> {
  const { token } = await fetchJson<{ token: string }>('/demo/token')
  return { authorization: `Bearer ${token}` }
}

interface ApplicationNews {
  id: string
  key: string
  response: unknown
}

const panel = createApplicationPanel()
/** Uploads that wait for the application, by id. */
const waiting = new Map<string, (response: unknown) => void>()

function startUpload(uploader: ReturnType<typeof createUploader>, file: File): void {
  const row = createUploadRow(file)
  list.prepend(row.row)
  const upload = uploader.upload(file, {
    profile: select.value,
    onProgress: row.showProgress,
  })

  async function watch(outcome: Promise<UploadResult>): Promise<void> {
    try {
      const { id, key, response, delivery } = await outcome
      const link = `/demo/object?key=${encodeURIComponent(key)}`
      const show = (later: unknown): void => {
        row.showResponse(later, link, file.type.startsWith('image/'))
        status.textContent = `${file.name} is uploaded.`
      }
      if (delivery === 'done') {
        show(response)
        return
      }
      row.showAccepted()
      status.textContent = `${file.name} is stored. The application will be told.`
      waiting.set(id, show)
      panel.watch()
    } catch (error) {
      const failure = error as UploadError
      const message = explain(failure)
      const isFinal = upload.state === 'aborted'
      row.showFailure(upload.state, message, !isFinal && mayTryAgain(failure))
      const isStored = upload.state === 'stored'
      status.textContent = isStored ? message : `${file.name} is not uploaded. ${message}`
    }
  }

  row.cancel.addEventListener('click', () => {
    if (['failed', 'stored', 'aborted'].includes(upload.state)) row.row.remove()
    void upload.abort()
  })
  row.retry.addEventListener('click', () => void watch(upload.resume()))
  void watch(upload)
}

function showLog(entry: CallbackReport): void {
  log.querySelector('.empty')?.remove()
  log.prepend(createLogRow(entry))
  while (log.children.length > MAX_LOG_ROWS) log.lastElementChild?.remove()
}

async function start(): Promise<void> {
  const { endpoint, profiles, scriptTag } = await fetchJson<DemoSettings>('/demo/settings')
  find(document, '#embed', HTMLElement).textContent =
    `${scriptTag}\n<script>\n  const { upload } = Upcall\n</script>`
  select.replaceChildren(...profiles.map(({ name }) => new Option(name, name)))
  const showHint = (): void => {
    const profile = profiles.find(({ name }) => name === select.value)
    hint.textContent = profile?.hint ?? ''
    input.accept = profile?.accept ?? ''
  }
  select.addEventListener('change', showHint)
  showHint()

  const uploader = createUploader({ endpoint, profile: select.value, headers: buildHeaders })
  const addFiles = (files: Iterable<File>): void => {
    fault.textContent = ''
    for (const file of files) startUpload(uploader, file)
  }
  async function addDropped(data: DataTransfer): Promise<void> {
    const files = await gatherFiles(data)
    addFiles(files)
    if (files.length === 0) fault.textContent = 'There are no files in it.'
  }
  input.addEventListener('change', () => {
    addFiles(input.files ?? [])
    input.value = ''
  })
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

  const events = new EventSource('/demo/log')
  events.addEventListener('message', ({ data }) => showLog(JSON.parse(data)))
  events.addEventListener('application', ({ data }) => {
    const { id, response } = JSON.parse(data) as ApplicationNews
    waiting.get(id)?.(response)
    waiting.delete(id)
  })
}

start().catch((error: Error) => {
  fault.textContent = `The demo could not start: ${error.message} Is the dev server running? Reload to try again.`
})
