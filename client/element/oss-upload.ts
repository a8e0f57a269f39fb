/**
 * `<oss-upload>`: a form field for files that are chosen, dropped or pasted; its value is their keys on OSS.
 * Uploads continue while the element is moved in the document. Over 200 lines: the public members of one class.
 */
import { toUploadError } from '../http/errors.ts'
import type { UploadOptions, UploadResult } from '../options.ts'
import { SIMPLE_BELOW_BYTES } from '../upload/simple.ts'
import { upload } from '../upload/uploader.ts'
import { findLanguage, make, makeButton } from './dom.ts'
import { dispatch } from './events.ts'
import { describeField } from './field-state.ts'
import { findTypes } from './find-types.ts'
import { type DataEvent, findFileData, gatherFiles } from './gather.ts'
import { createWordSource } from './load-translation.ts'
import { createRow, type Entry, type MutableEntry, type Row } from './row.ts'
import { filterFiles, MAX_FILES } from './rules.ts'
import { getSheet } from './style.ts'
import type { Texts } from './texts.ts'
import { buildUploadOptions } from './upload-options.ts'
import { UploadSettings } from './upload-settings.ts'

export class OssUploadElement extends UploadSettings {
  static readonly observedAttributes =
    'accept capture clipboard directory lang max-size multiple name required thumbnails'.split(' ')

  readonly #input = make('input', 'input')
  readonly #choose = makeButton('choose', '', () => this.#input.click())
  readonly #hint = make('small', 'hint')
  readonly #zone = make('div', 'drop', this.#choose, this.#hint, make('slot', ''), this.#input)
  readonly #problems = make('ul', 'problems')
  readonly #status = make('output', 'status')
  readonly #list = make('ol', 'list')
  #rows: Row[] = []
  readonly #findWords = createWordSource(() => this.#show())
  #words = this.#findWords('en', {})
  #texts: Texts = {}
  /** Disabled: by its own attribute or by a fieldset. */
  #isOff = false
  #isBusy = false
  #resultsReported = 0

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
    root.adoptedStyleSheets = [getSheet()]
    root.append(this.#zone, this.#problems, this.#list, this.#status)
    // Safari drops the list role of a list without markers.
    this.#list.role = 'list'
    this.#hint.id = 'hint'
    this.#problems.id = 'problems'
    this.#choose.setAttribute('aria-describedby', 'hint problems')
    this.#input.type = 'file'
    this.#input.hidden = true
    this.#input.onchange = () => {
      this.add(this.#input.files ?? [])
      this.#input.value = ''
    }
    for (const type of ['dragover', 'dragleave', 'drop', 'paste']) {
      this.addEventListener(type, (event) => void this.#onData(event))
    }
  }

  connectedCallback(): void {
    this.#show()
  }

  attributeChangedCallback(): void {
    this.#show()
  }

  formDisabledCallback(isDisabled: boolean): void {
    this.#isOff = isDisabled
    this.#show()
  }

  formResetCallback(): void {
    this.clear()
  }

  /** @param state of `describeField` */
  formStateRestoreCallback(state: string): void {
    const entries: MutableEntry[] = this.#rows.length ? [] : JSON.parse(state)
    for (const entry of entries) this.#add(entry)
    this.#update()
  }

  /** The page's own texts, by name or by error code; the others stay. */
  get texts(): Texts {
    return this.#texts
  }
  set texts(texts: Texts) {
    this.#texts = texts
    this.#show()
  }

  /** Everything in the list, in its order. */
  get entries(): readonly Entry[] {
    return this.#rows.map(({ entry }) => entry)
  }
  /** Of the uploads that are done. */
  get results(): UploadResult[] {
    return this.entries.flatMap(({ result }) => result ?? [])
  }
  /** The results as JSON; '' when there are none. */
  get value(): string {
    const { results } = this
    return results.length ? JSON.stringify(results) : ''
  }

  /** Adds files as if they had been chosen: the same rules apply. */
  add(files: Iterable<File>): void {
    const list = [...files]
    const untyped = this.#input.accept ? list.filter(({ type }) => !type) : []
    if (untyped.length) void findTypes(untyped).then(() => this.#addTyped(list))
    else this.#addTyped(list)
  }

  #addTyped(files: readonly File[]): void {
    if (this.#isOff) return
    const { accept, multiple } = this.#input
    const { accepted, problems } = filterFiles(
      files,
      {
        accept,
        maxSize: this.#read('max-size'),
        maxFiles: multiple ? (this.#read('max-files') || MAX_FILES) - this.#rows.length : 1,
      },
      this.#words,
      (file) => dispatch(this, 'upload-add', { file }),
    )
    if (accepted.length && !multiple) this.clear()
    for (const file of accepted) this.#start(file)
    this.#showProblems(problems, accepted.length ? [this.#words.say('busy')] : [])
    this.#update()
  }

  /** @param news announced before them */
  #showProblems(problems: readonly string[], news: readonly string[] = []): void {
    this.#problems.replaceChildren(...problems.map((text) => make('li', 'problem', text)))
    this.#announce([...news, ...problems].join(' '))
  }

  /** Cancels what is in progress and empties the list. Call it before `remove()` when the element is not used again. */
  clear(): void {
    this.#problems.replaceChildren()
    for (const row of [...this.#rows]) this.#drop(row)
    this.#update()
  }

  /** 0: absent; NaN: not a number, which no size exceeds. */
  #read(attribute: string): number {
    return Number(this.getAttribute(attribute))
  }

  #add(entry: MutableEntry): Row {
    const row: Row = createRow(
      entry,
      () => this.#remove(row),
      () => this.#retry(row),
    )
    this.#rows.push(row)
    this.#list.append(row.item)
    row.show(this.#words, this.#isOff)
    return row
  }

  #start(file: File): void {
    const { name, size, type } = file
    const entry: MutableEntry = { name, size, type, file, state: 'idle' }
    const row = this.#add(entry)
    const options: UploadOptions = {
      ...buildUploadOptions(this),
      onStateChange: (state) => {
        entry.state = state
        row.show(this.#words, this.#isOff)
      },
    }
    // The progress of smaller files is told at the end: a bar would never move.
    if (size >= SIMPLE_BELOW_BYTES) {
      options.onProgress = (progress) => {
        entry.progress = progress
        row.show(this.#words, this.#isOff)
        dispatch(this, 'upload-progress', { file, progress })
      }
    }
    entry.upload = upload(file, options)
    dispatch(this, 'upload-start', { file, upload: entry.upload })
    void this.#follow(row, file, entry.upload)
  }

  async #follow(row: Row, file: File, outcome: Promise<UploadResult>): Promise<void> {
    const { entry } = row
    try {
      const result = await outcome
      entry.result = result
      dispatch(this, 'upload-done', { file, result })
    } catch (thrown) {
      const error = toUploadError(thrown, 'send')
      if (error.code === 'ABORTED') this.#drop(row)
      else {
        entry.error = error
        this.#announce(`${entry.name}: ${this.#words.explain(error)}`)
        dispatch(this, 'upload-error', { file, error })
      }
    }
    row.show(this.#words, this.#isOff)
    this.#update()
  }

  #retry(row: Row): void {
    const { entry } = row
    entry.error = undefined
    row.remove.focus()
    if (entry.upload && entry.file) void this.#follow(row, entry.file, entry.upload.resume())
    this.#update()
  }

  #drop(row: Row): void {
    this.#rows = this.#rows.filter((other) => other !== row)
    row.item.remove()
    // Ignored by an upload that is done.
    void row.entry.upload?.abort()
  }

  #remove(row: Row): void {
    const at = this.#rows.indexOf(row)
    this.#drop(row)
    // The keyboard focus stays at this place of the list.
    const next = this.#rows[at] ?? this.#rows.at(-1)
    ;(next?.remove ?? this.#choose).focus()
    this.#update()
  }

  /** Drag, drop and paste of files. */
  async #onData(event: DataEvent) {
    const { type } = event
    const data = findFileData(event)
    if (!data) return
    event.preventDefault()
    this.#zone.part.toggle('over', type === 'dragover' && !this.#isOff)
    if (type.startsWith('drag')) return
    const files = await gatherFiles(data)
    if (files.length) this.add(files)
    else this.#showProblems([this.#words.say('noFiles')])
  }

  #announce(text: string): void {
    this.#status.textContent = text
  }

  /** With the present texts. */
  #show(): void {
    // Not #texts: a property set before the class was defined hides the accessor.
    this.#words = this.#findWords(findLanguage(this), this.texts)
    const { say, size, dir } = this.#words
    for (const part of [this.#zone, this.#problems, this.#list]) part.dir = dir
    const maxSize = this.#read('max-size')
    const webkitdirectory = this.hasAttribute('directory')
    const multiple = webkitdirectory || this.hasAttribute('multiple')
    const accept = this.getAttribute('accept') ?? ''
    Object.assign(this.#input, { accept, multiple, webkitdirectory })
    const choose = webkitdirectory ? 'chooseFolder' : multiple ? 'choose' : 'chooseOne'
    this.#choose.textContent = say(choose)
    this.#choose.disabled = this.#isOff
    this.#hint.textContent = say('drop') + (maxSize ? ` · ≤ ${size(maxSize)}` : '')
    this.#list.ariaLabel = say('list')
    if (this.matches('[capture],[clipboard]')) {
      import('./sources.ts')
        .then(({ showSources }) => showSources(this, this.#zone, this.#words))
        .catch(() => {})
    }
    for (const row of this.#rows) row.show(this.#words, this.#isOff)
    this.#update()
  }

  /** Updates the form's value, and dispatches events for what has changed. */
  #update(): void {
    const { results, entries } = this
    const isRequired = this.hasAttribute('required')
    const { keys, state, flags, fault, isBusy } = describeField(entries, isRequired, this.#words)
    this.setField(keys, state, flags, fault, this.#choose)
    if (entries.some(({ type }) => type.startsWith('image/'))) {
      // Without the module the rows show the extensions of the names.
      import('./picture.ts').then(({ showPictures }) => showPictures(this)).catch(() => {})
    }
    if (results.length !== this.#resultsReported) {
      this.#resultsReported = results.length
      this.dispatchEvent(new Event('change', { bubbles: true }))
    }
    if (this.#isBusy && !isBusy && entries.length) {
      const errors = entries.flatMap(({ error }) => error ?? [])
      this.#announce(this.#words.say('settled', { done: results.length, failed: errors.length }))
      dispatch(this, 'uploads-settled', { results, errors })
    }
    this.#isBusy = isBusy
  }
}
