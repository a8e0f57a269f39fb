/** `<oss-upload>` as each framework writes it into the page: attributes, properties and events reach the element. */
import { expect } from 'vitest'
import type { OssUploadElement } from '../../client/element.ts'
import type { Headers } from '../../client/index.ts'
import '../../client/element.ts'

export interface ElementProps {
  headers: Headers
  isMany: boolean
  onAdd: (event: CustomEvent<{ file: File }>) => void
}

/** @param show a component of test/support/components; resolves when the page shows it */
export async function checkElement(
  show: (target: HTMLElement, props: ElementProps) => Promise<() => unknown>,
): Promise<void> {
  for (const isMany of [true, false]) {
    const target = document.body.appendChild(document.createElement('div'))
    const added: string[] = []
    // A function is a property as well.
    const own = { authorization: 'Bearer own' }
    const headers = isMany ? own : () => own
    const end = await show(target, {
      headers,
      isMany,
      onAdd(event) {
        added.push(event.detail.file.name)
        event.preventDefault()
      },
    })
    const element = target.querySelector('oss-upload') as OssUploadElement
    const names = ['class', 'endpoint', 'profile', 'accept', 'max-size']
    expect(names.map((name) => element.getAttribute(name))).toEqual([
      ...['mine', 'https://uploads.invalid', 'photos', 'image/*', '5000000'],
    ])
    expect(element.hasAttribute('multiple')).toBe(isMany)
    expect(element.hasAttribute('required')).toBe(true)
    expect(element.headers).toBe(headers)
    expect(element.vars).toEqual({ album: '夏天' })
    expect(element.options).toEqual({ retryDelays: [] })
    for (const name of ['headers', 'vars', 'options', 'texts']) {
      expect(element.hasAttribute(name), name).toBe(false)
    }
    const text = element.shadowRoot?.querySelector('button')?.textContent
    expect(text).toBe(isMany ? 'Add photos' : 'Add a photo')
    element.add([new File(['a'], '夏天.png', { type: 'image/png' })])
    expect(added).toEqual(['夏天.png'])
    await end()
    target.remove()
  }
}
