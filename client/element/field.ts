/**
 * An element as a form field: value, validity, and the state that the browser restores later.
 *
 * @see https://html.spec.whatwg.org/multipage/custom-elements.html#form-associated-custom-elements
 */

/** On a server there are no elements; the import must not fail there. */
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
   * @param state passed to `formStateRestoreCallback` after going back or a restart
   * @param fault what is wrong, as a text; '' for nothing
   * @param anchor where the browser shows the fault
   */
  protected setField(
    values: readonly string[],
    state: string,
    flags: ValidityStateFlags,
    fault: string,
    anchor: HTMLElement,
  ): void {
    const name = this.getAttribute('name')
    const data = new FormData()
    for (const value of values) data.append(name ?? '', value)
    this.#internals.role = 'group'
    this.#internals.setFormValue(name ? data : null, state)
    this.#internals.setValidity(flags, fault, anchor)
  }
}
