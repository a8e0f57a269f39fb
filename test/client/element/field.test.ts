import { expect, it } from 'vitest'
import { FormField } from '../../../client/element/field.ts'

class Probe extends FormField {
  set(values: string[], fault: string): void {
    this.setField(values, 'memory', { customError: fault !== '' }, fault, this)
  }
}
customElements.define('field-probe', Probe)

function show(name?: string): { form: HTMLFormElement; probe: Probe } {
  const form = document.body.appendChild(document.createElement('form'))
  const probe = new Probe()
  probe.tabIndex = 0
  if (name) probe.setAttribute('name', name)
  form.append(probe)
  return { form, probe }
}

it('is one form entry for each value', () => {
  const { form, probe } = show('files')
  probe.set(['a', 'b'], '')
  expect([...new FormData(form)]).toEqual([
    ['files', 'a'],
    ['files', 'b'],
  ])
  expect(probe.form).toBe(form)
  probe.disabled = true
  expect([...new FormData(form)]).toEqual([])
  form.remove()
})

it('is nothing to the form without a name', () => {
  const { form, probe } = show()
  probe.set(['a'], '')
  expect([...new FormData(form)]).toEqual([])
  form.remove()
})

it('holds the form back with a reason', () => {
  const { form, probe } = show('files')
  probe.set([], 'Not yet.')
  expect(form.checkValidity()).toBe(false)
  expect([probe.validationMessage, probe.validity.customError]).toEqual(['Not yet.', true])
  probe.set([], '')
  expect([form.checkValidity(), probe.reportValidity()]).toEqual([true, true])
  form.remove()
})
