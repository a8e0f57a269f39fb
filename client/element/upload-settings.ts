/**
 * The properties of `<oss-upload>` that no attribute can hold. As accessors, because React, Vue and Svelte set as a property
 * what a new element already has, or has a setter for, and write everything else as an attribute.
 */
import type { Headers, UploadOptions } from '../options.ts'
import { FormField } from './field.ts'

export class UploadSettings extends FormField {
  #headers: Headers | undefined
  #vars: Record<string, string> | undefined
  #options: Partial<UploadOptions> | undefined

  /** For the service, never for OSS; a function is called for each request. */
  get headers(): Headers | undefined {
    return this.#headers
  }
  set headers(headers: Headers | undefined) {
    this.#headers = headers
  }
  /** The application's own data about the uploads. */
  get vars(): Record<string, string> | undefined {
    return this.#vars
  }
  set vars(vars: Record<string, string> | undefined) {
    this.#vars = vars
  }
  /** All other options of `upload()`. */
  get options(): Partial<UploadOptions> | undefined {
    return this.#options
  }
  set options(options: Partial<UploadOptions> | undefined) {
    this.#options = options
  }
}
