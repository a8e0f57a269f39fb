/** What the page gets for what `onReceipt` returns, as a type. */
import type { JSONParsed } from 'hono/utils/types'
import type { UploadFacts } from './delivery/deliver.ts'

/** `undefined` is a `void`, too. */
type FromValue<Value> = Value extends void ? UploadFacts : JSONParsed<Value>

/**
 * The JSON of what the handler returns, e.g. a string for a `Date`; the facts of the upload when it returns nothing.
 * `unknown` when there is no handler: a webhook may respond with anything.
 */
export type PageResponse<Returned> = unknown extends Returned
  ? unknown
  : FromValue<Awaited<Returned>>
