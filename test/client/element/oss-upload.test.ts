/** `<oss-upload>` in a real page: by keyboard, drop, paste and form, against the real service and local OSS. */
import axe from 'axe-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import '../../../client/element.ts'
import type { OssUploadElement } from '../../../client/element.ts'
import { explain } from '../../../client/explain.ts'
import {
  askBackend,
  buildOptions,
  createFile,
  readDigest,
  setRules,
  sha256,
} from '../../support/browser-page.ts'
import {
  buildFakeOptions,
  createFakeBackend,
  createResponse,
} from '../../support/fake-transport.ts'

const MIB = 1024 * 1024
const SLOW = { timeout: 10_000 }

let form: HTMLFormElement
let element: OssUploadElement

async function show(attributes: Record<string, string> = {}): Promise<OssUploadElement> {
  const { endpoint, headers, ...options } = await buildOptions()
  element = document.createElement('oss-upload')
  const all = { endpoint, profile: 'any', name: 'photos', id: 'u', multiple: '', ...attributes }
  for (const [name, value] of Object.entries(all)) element.setAttribute(name, value)
  if (headers) element.headers = headers
  element.options = options
  form.append(element)
  return element
}

function query<Kind extends HTMLElement>(selector: string): Kind {
  const found = element.shadowRoot?.querySelector<Kind>(selector)
  if (!found) throw new Error(`There is no ${selector}.`)
  return found
}

const queryAll = (selector: string) => [
  ...(element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? []),
]
const texts = (selector: string) => queryAll(selector).map((node) => node.textContent)

function once<Name extends keyof HTMLElementEventMap>(name: Name) {
  return new Promise<HTMLElementEventMap[Name]>((resolve) => {
    element.addEventListener(name, resolve, { once: true })
  })
}

function fill(...files: File[]): DataTransfer {
  const data = new DataTransfer()
  for (const file of files) data.items.add(file)
  return data
}

function drag(type: string, ...files: File[]): DragEvent {
  const init = { bubbles: true, composed: true, cancelable: true, dataTransfer: fill(...files) }
  const event = new DragEvent(type, init)
  query('[part~=drop]').dispatchEvent(event)
  return event
}

async function addAndSettle(...files: File[]): Promise<void> {
  const settled = once('uploads-settled')
  element.add(files)
  await settled
}

const text = (name: string, size = 100) => createFile(size, name, 'text/plain')

beforeEach(async () => {
  await askBackend('reset')
  document.documentElement.lang = 'en'
  document.title = 'Page'
  form = document.body.appendChild(document.createElement('form'))
  form.innerHTML = '<label for="u">Photos</label>'
})

afterEach(async () => {
  element?.clear()
  form.remove()
  await setRules({})
})

describe('files come in', () => {
  it('takes a drop, uploads it and tells the page', async () => {
    await show()
    const told: string[] = []
    for (const name of ['upload-add', 'upload-start', 'upload-done', 'uploads-settled'] as const) {
      document.addEventListener(name, () => told.push(name), { once: true })
    }
    const settled = once('uploads-settled')
    expect(drag('dragover', text('a.txt')).defaultPrevented).toBe(true)
    expect(query('[part~=drop]').part.contains('over')).toBe(true)
    const file = text('笔记 <b>.txt')
    expect(drag('drop', file).defaultPrevented).toBe(true)
    expect(query('[part~=drop]').part.contains('over')).toBe(false)
    const { results, errors } = (await settled).detail
    expect(errors).toEqual([])
    expect((await readDigest(results[0]?.key ?? '')).sha256).toBe(await sha256(file))
    expect(texts('[part=name]')).toEqual(['笔记 <b>.txt'])
    expect(told).toEqual(['upload-add', 'upload-start', 'upload-done', 'uploads-settled'])
  })

  it('leaves a drag of text alone', async () => {
    await show()
    const data = new DataTransfer()
    data.setData('text/plain', 'words')
    const init = { bubbles: true, composed: true, cancelable: true, dataTransfer: data }
    const event = new DragEvent('dragover', init)
    query('[part~=drop]').dispatchEvent(event)
    expect(event.defaultPrevented).toBe(false)
  })

  it('takes a pasted picture when the focus is within', async () => {
    await show()
    element.focus()
    const settled = once('uploads-settled')
    const clipboardData = fill(createFile(200, 'image.png', 'image/png'))
    const event = new ClipboardEvent('paste', { bubbles: true, composed: true, cancelable: true })
    // Firefox's constructor leaves it out.
    Object.defineProperty(event, 'clipboardData', { value: clipboardData })
    element.shadowRoot?.activeElement?.dispatchEvent(event)
    expect((await settled).detail.results.length).toBe(1)
  })

  it('asks the page for each file, which may refuse', async () => {
    await show()
    element.addEventListener('upload-add', (event) => {
      if (event.detail.file.name === 'no.txt') event.preventDefault()
    })
    await addAndSettle(text('yes.txt'), text('no.txt'))
    expect(element.entries.map(({ name }) => name)).toEqual(['yes.txt'])
  })

  it('says which files it does not take, and why; names are text', async () => {
    await show({ accept: '.txt, image/*', 'max-size': '1000', 'max-files': '2' })
    await addAndSettle(
      text('<img src=x>.exe'),
      text('large.txt', 1001),
      text('a.txt'),
      text('b.txt'),
      text('c.txt'),
    )
    expect(texts('[part=problem]')).toEqual([
      '<img src=x>.exe: Not accepted: text/plain. Accepted: .txt, image/*.',
      'large.txt: This file is larger than 1 kB.',
      'Too many files, some are left out.',
    ])
    expect(element.results.length).toBe(2)
    expect(queryAll('ul img')).toEqual([])
    expect(query('[part=hint]').textContent).toContain('≤ 1 kB')
    element.add([text('d.txt')])
    expect(texts('[part=problem]')).toEqual(['Too many files, some are left out.'])
  })

  it('holds one file without `multiple`; the next takes its place', async () => {
    await show()
    element.removeAttribute('multiple')
    expect(query('[part=choose]').textContent).toBe('Choose a file')
    await addAndSettle(text('first.txt'), text('second.txt'))
    expect(element.entries.map(({ name }) => name)).toEqual(['first.txt'])
    await addAndSettle(text('third.txt'))
    expect(element.entries.map(({ name }) => name)).toEqual(['third.txt'])
    element.setAttribute('directory', '')
    expect(query<HTMLInputElement>('input').webkitdirectory).toBe(true)
  })

  it('takes nothing while disabled, by itself or by its fieldset', async () => {
    await show({ disabled: '' })
    element.add([text('a.txt')])
    drag('drop', text('b.txt'))
    expect(query<HTMLButtonElement>('[part=choose]').disabled).toBe(true)
    element.disabled = false
    const fieldset = document.createElement('fieldset')
    fieldset.disabled = true
    form.append(fieldset)
    fieldset.append(element)
    element.add([text('c.txt')])
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(element.entries).toEqual([])
    fieldset.disabled = false
    await addAndSettle(text('d.txt'))
    expect(element.results.length).toBe(1)
  })
})

describe('what people see', () => {
  it('shows progress with its name, speed and time left, and cancels on OSS', async () => {
    await show()
    element.options = { ...element.options, method: 'multipart', partSize: MIB }
    await setRules({ bytesPerSecond: 2 * MIB })
    let count = 0
    element.addEventListener('upload-progress', () => {
      count += 1
    })
    const film = createFile(8 * MIB, 'film.bin')
    element.add([film])
    await vi.waitFor(
      () => expect(query('small[part=meta]').textContent).toMatch(/\/s · .+ left/),
      SLOW,
    )
    const bar = query<HTMLProgressElement>('progress')
    expect([bar.ariaLabel, bar.max]).toEqual(['film.bin', 100])
    expect(bar.value).toBeGreaterThan(0)
    expect(bar.value).toBeLessThan(100)
    expect(count).toBeGreaterThan(0)
    const cancel = query<HTMLButtonElement>('[part=remove]')
    expect(cancel.ariaLabel).toBe('Cancel film.bin')
    const calls: string[] = []
    cancel.click()
    expect(element.entries).toEqual([])
    await vi.waitFor(async () => {
      calls.push(...(await askBackend<{ calls: string[] }>('stats')).calls)
      expect(calls).toContain('POST /uploads/abort')
    }, SLOW)
    expect(element.validity.valid).toBe(true)
  })

  it('shows the time of the next attempt, and counts down', async () => {
    await show()
    element.options = { ...element.options, retryDelays: [60_000] }
    vi.spyOn(Math, 'random').mockReturnValue(0.1)
    await setRules({ unavailableNext: 1 })
    element.add([text('a.txt')])
    const meta = () => query('small[part=meta]').textContent ?? ''
    await vi.waitFor(() => expect(meta()).toMatch(/^Trying again in [56] sec · 100 bytes$/), SLOW)
    expect(query('[part~=row]').part.contains('retrying')).toBe(true)
    await vi.waitFor(() => expect(meta()).toMatch(/^Trying again in [1-3] sec/), SLOW)
    await vi.waitFor(() => expect(meta()).toMatch(/^Uploaded/), SLOW)
    vi.restoreAllMocks()
  }, 20_000)

  it('shows that the device is offline, and goes on when it is not', async () => {
    await show()
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    await setRules({ refuse: true })
    element.add([text('a.txt')])
    const meta = () => query('small[part=meta]').textContent ?? ''
    await vi.waitFor(() => expect(meta()).toMatch(/^Offline · 100 bytes/), SLOW)
    await setRules({})
    online.mockRestore()
    dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(meta()).toMatch(/^Uploaded/), SLOW)
  }, 20_000)

  it('says what went wrong in words, and tries again', async () => {
    await show()
    element.options = { ...element.options, retryDelays: [] }
    await setRules({ unavailableNext: 1 })
    const failed = once('upload-error')
    element.add([text('a.txt')])
    expect((await failed).detail.error.status).toBe(503)
    expect(query('[part~=row]').part.contains('error')).toBe(true)
    expect(query('small[part=meta]').textContent).toMatch(/^The connection failed\. \(.+\)$/)
    await setRules({})
    const retry = query<HTMLButtonElement>('[part=retry]')
    expect([retry.hidden, retry.ariaLabel]).toEqual([false, 'Try again: a.txt'])
    const done = once('upload-done')
    retry.click()
    expect((await done).detail.result.via).toBe('callback')
    expect(query('[part~=row]').part.contains('done')).toBe(true)
    expect(retry.hidden).toBe(true)
  })

  it('offers no second try for what the server refuses', async () => {
    await show({ profile: 'nowhere' })
    const settled = once('uploads-settled')
    element.add([text('a.txt')])
    expect((await settled).detail.errors.map(({ code }) => code)).toEqual(['PROFILE_UNKNOWN'])
    expect(query('[part=retry]').hidden).toBe(true)
    expect(query('small[part=meta]').textContent).toBe(
      'This file is not accepted. (PROFILE_UNKNOWN)',
    )
  })

  it('has the words of the profile for the page, and offers no second try for a type', async () => {
    await show({ profile: 'photos' })
    const failed = once('upload-error')
    element.add([text('a.txt')])
    expect(explain((await failed).detail.error)).toContain(
      'The type of this file is text/plain; the profile photos allows image/*.',
    )
    await vi.waitFor(() => expect(query('[part~=row]').part.contains('error')).toBe(true))
    expect(query('[part=retry]').hidden).toBe(true)
  })

  it('offers another try after a proxy or a sign-in page has responded', async () => {
    const setup = createFakeBackend({ kind: 'form' })
    let isSignedIn = false
    setup.onRequest = () => (isSignedIn ? undefined : createResponse(407, '<html>Sign in</html>'))
    await show()
    element.options = buildFakeOptions(setup)
    await addAndSettle(text('a.txt'))
    expect(query('small[part=meta]').textContent).toBe('An upload failed. (HTTP_407)')
    isSignedIn = true
    const done = once('upload-done')
    query<HTMLButtonElement>('[part=retry]').click()
    await done
    expect(element.results).toHaveLength(1)
  })

  it('speaks Chinese where the page does, and with words of the page', async () => {
    await show()
    await addAndSettle(text('a.txt'))
    expect(query('[role=list], ol').ariaLabel).toBe('Uploads')
    element.lang = 'zh-CN'
    expect(texts('[part=choose], small[part=meta]')).toEqual(['选择文件', '已上传 · 100字节'])
    expect(query('[part=remove]').ariaLabel).toBe('移除 a.txt')
    element.texts = { choose: '添加附件' }
    expect(texts('[part=choose]')).toEqual(['添加附件'])
    element.removeAttribute('lang')
    element.texts = {}
    expect(texts('[part=choose]')).toEqual(['Choose files'])
  })

  it('speaks further languages when their texts are loaded, Arabic from right to left', async () => {
    await show()
    await addAndSettle(text('a.txt'))
    const directions = () =>
      ['[part~=drop]', 'ul', 'ol'].map((part) => getComputedStyle(query(part)).direction)
    const results = vi.fn()
    element.addEventListener('change', results)
    for (const [language, choose, direction] of [
      ['ar-EG', 'اختيار ملفات', 'rtl'],
      ['pt-BR', 'Escolher arquivos', 'ltr'],
    ] as const) {
      element.lang = language
      await vi.waitFor(() => expect(texts('[part=choose]')).toEqual([choose]), SLOW)
      expect(new Set(directions())).toEqual(new Set([direction]))
      expect((await axe.run(element)).violations).toEqual([])
    }
    expect(texts('small[part=meta]')).toEqual(['Enviado · 100 bytes'])
    element.texts = { choose: 'Anexar' }
    expect(texts('[part=choose]')).toEqual(['Anexar'])
    // Texts are no news for the form.
    expect(results).not.toHaveBeenCalled()
  })

  it('is walked by the keyboard alone; the focus never falls out', async () => {
    await show()
    await addAndSettle(text('a.txt'), text('b.txt'))
    const focused = () => {
      const { activeElement } = element.shadowRoot ?? {}
      return activeElement?.ariaLabel ?? activeElement?.textContent
    }
    form.querySelector('label')?.click()
    expect(focused()).toBe('Choose files')
    await userEvent.keyboard('{Tab}')
    expect(focused()).toBe('Remove a.txt')
    await userEvent.keyboard('{Tab}')
    expect(focused()).toBe('Remove b.txt')
    await userEvent.keyboard('{Enter}')
    expect(focused()).toBe('Remove a.txt')
    await userEvent.keyboard(' ')
    expect(focused()).toBe('Choose files')
    let isAsked = false
    query('input').addEventListener('click', (event) => {
      event.preventDefault()
      isAsked = true
    })
    await userEvent.keyboard('{Enter}')
    expect(isAsked).toBe(true)
  })

  it.each(['light', 'dark'])('has no barrier that axe can find, in %s', async (scheme) => {
    await show({ 'max-size': '1000', required: '' })
    const [ink, paper] = scheme === 'light' ? ['#1c2430', '#fff'] : ['#e8ecf2', '#12161c']
    document.documentElement.style.cssText = `color-scheme:${scheme};color:${ink};background:${paper}`
    const settled = once('uploads-settled')
    element.add([text('a.txt'), text('large.txt', 2000)])
    await settled
    element.setAttribute('profile', 'nowhere')
    await addAndSettle(text('refused.txt'))
    element.setAttribute('profile', 'any')
    const { violations, passes } = await axe.run(form, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
    })
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.failureSummary])).toEqual([])
    expect(passes.map(({ id }) => id)).toContain('color-contrast')
    for (const button of queryAll('button:not([hidden])')) {
      const { width, height } = button.getBoundingClientRect()
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(24)
    }
    document.documentElement.style.cssText = ''
  })

  it('announces in one polite place', async () => {
    await show()
    expect(queryAll('output').length).toBe(1)
    element.add([text('a.txt')])
    expect(query('output').textContent).toBe('Files are being uploaded.')
    await once('uploads-settled')
    expect(query('output').textContent).toBe('Uploaded: 1. Failed: 0.')
  })
})

describe('files without a type', () => {
  it('are accepted by name or by their first bytes, uploaded with that type, and refused in words', async () => {
    await show({ accept: 'image/*', profile: 'photos' })
    const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
    const photo = createFile(300, 'IMG_1.HEIC')
    const picture = new File([bytes], 'wx_camera_17')
    const settled = once('uploads-settled')
    element.add([photo, picture, createFile(300, 'notes')])
    expect((await settled).detail.results).toHaveLength(2)
    const types = await Promise.all(
      element.results.map(async ({ key }) => (await readDigest(key)).type),
    )
    expect(types.toSorted()).toEqual(['image/heic', 'image/jpeg'])
    expect(texts('[part=problem]')).toEqual(['notes: Not accepted: notes. Accepted: image/*.'])
  })
})

describe('a form field', () => {
  it('sends the keys under its name, holds the form while busy, and is reset with it', async () => {
    await show({ required: '' })
    expect(element.form).toBe(form)
    expect(element.validity.valueMissing).toBe(true)
    expect(form.checkValidity()).toBe(false)
    element.add([text('a.txt'), text('b.txt')])
    expect(element.validity.customError).toBe(true)
    expect(element.validationMessage).toBe('Files are being uploaded.')
    await once('uploads-settled')
    expect(form.checkValidity()).toBe(true)
    const keys = element.results.map(({ key }) => key)
    expect(new FormData(form).getAll('photos').toSorted()).toEqual(keys.toSorted())
    expect(JSON.parse(element.value)).toEqual(element.results)
    form.reset()
    expect(element.entries).toEqual([])
    expect(new FormData(form).getAll('photos')).toEqual([])
    expect(element.value).toBe('')
  })

  it.each([null, 0, '', false, [], {}])('can be sent after the response %j', async (value) => {
    await askBackend('respondWith', { value })
    await show({ required: '' })
    await addAndSettle(text('a.txt'))
    expect(element.results).toMatchObject([{ response: value, delivery: 'done' }])
    expect(form.checkValidity()).toBe(true)
    expect(new FormData(form).getAll('photos')).toEqual(element.results.map(({ key }) => key))
  })

  it('can be sent after the service has accepted a file for later', async () => {
    await askBackend('respondWith', { isAccepted: true })
    await show({ required: '' })
    await addAndSettle(text('a.txt'))
    expect(element.results).toMatchObject([{ delivery: 'accepted' }])
    expect(form.checkValidity()).toBe(true)
    expect(query('small[part=meta]').textContent).toBe('Uploaded, being processed · 100 bytes')
    expect(query('[part~=row]').part.contains('stored')).toBe(true)
    expect(query('[part=retry]').hidden).toBe(true)
  })

  it('does not let a failed file pass unseen', async () => {
    await show({ profile: 'nowhere' })
    await addAndSettle(text('a.txt'))
    expect(element.validationMessage).toBe('An upload failed.')
    expect(element.reportValidity()).toBe(false)
    query<HTMLButtonElement>('[part=remove]').click()
    expect(element.checkValidity()).toBe(true)
  })

  it('tells the page of a new value by `change`', async () => {
    await show()
    let count = 0
    form.addEventListener('change', () => {
      count += 1
    })
    await addAndSettle(text('a.txt'))
    query<HTMLButtonElement>('[part=remove]').click()
    expect(count).toBe(2)
  })

  it('shows again what a browser restores', async () => {
    await show()
    const result = { id: 'i', key: 'any/k', response: {}, via: 'callback' }
    const entry = { name: 'old.txt', size: 5, type: 'text/plain', state: 'done', result }
    element.formStateRestoreCallback(JSON.stringify([entry]))
    expect(texts('[part=name]')).toEqual(['old.txt'])
    expect(new FormData(form).getAll('photos')).toEqual(['any/k'])
  })
})

describe('its life', () => {
  it('goes on uploading while it is moved', async () => {
    await show()
    element.options = { ...element.options, method: 'multipart', partSize: MIB }
    await setRules({ bytesPerSecond: 2 * MIB })
    const settled = once('uploads-settled')
    element.add([createFile(2 * MIB, 'film.bin')])
    element.remove()
    await new Promise((resolve) => setTimeout(resolve, 100))
    document.body.append(element)
    await setRules({})
    expect((await settled).detail.results.length).toBe(1)
    element.remove()
  })

  it('takes a hundred files at once', async () => {
    await show()
    const files = Array.from({ length: 100 }, (_, at) => text(`${at}.txt`, 10))
    await addAndSettle(...files)
    expect(element.results.length).toBe(100)
    expect(query('output').textContent).toBe('Uploaded: 100. Failed: 0.')
  }, 30_000)
})
