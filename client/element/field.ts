/**
 * The form's side of an element: value, validity, and what the browser keeps when the page is left.
 *
 * @see https://html.spec.whatwg.org/multipage/custom-elements.html#form-associated-custom-elements
 */

/** On a server there are no elements; importing this there is harmless. */
const Base = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement)

export class FormField extends Base {
  static readonly formAssociated = true
  readonly #internals = this.attachInternals()

  get disabled(): boolean {
    return this.hasAttribute('disabled')
  }
  set disabled(isDisabled: boolean) {
    this.toggleAttribute('disabled', isDisabled)
  }
  get form(): HTMLFormElement | null {
    return this.#internals.form
  }
  get validity(): ValidityState {
    return this.#internals.validity
  }
  get validationMessage(): string {
    return this.#internals.validationMessage
  }
  checkValidity(): boolean {
    return this.#internals.checkValidity()
  }
  reportValidity(): boolean {
    return this.#internals.reportValidity()
  }

  /**
   * @param values one form entry for each, under the element's name
   * @param memory what the browser hands back after going back or a restart
   * @param fault what is wrong, in words; '' when nothing is
   * @param anchor where the browser shows the fault
   */
  protected setField(
    values: readonly string[],
    memory: string,
    flags: ValidityStateFlags,
    fault: string,
    anchor: HTMLElement,
  ): void {
    const name = this.getAttribute('name')
    const data = new FormData()
    for (const value of values) data.append(name ?? '', value)
    this.#internals.role = 'group'
    this.#internals.setFormValue(name ? data : null, memory)
    this.#internals.setValidity(flags, fault, anchor)
  }
}
