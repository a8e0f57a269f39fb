/**
 * The event by which `upcall doctor` tries a webhook: signed like any other, about no upload. Receivers of this package
 * respond to it without calling the application; a receiver of your own ignores types that it does not know.
 */
import { fromUtf8 } from '../protocol/bytes.ts'

export const TEST_EVENT_TYPE = 'com.oss-upcall.test'

/** @param source the public URL of the service */
export function buildTestEventText(id: string, source: string, now: Date): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    type: TEST_EVENT_TYPE,
    source,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: {},
  })
}

/** @param body whose signature has been verified */
export function isTestEvent(body: Uint8Array): boolean {
  try {
    const text = fromUtf8(body)
    // Nearly all events are others: these are parsed once only.
    return text.includes(TEST_EVENT_TYPE) && JSON.parse(text)?.type === TEST_EVENT_TYPE
  } catch {
    return false
  }
}
