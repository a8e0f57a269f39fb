/** The body of a response as text, within a bound. */

/** Bytes; the response of an application has at most 1 000 000, 1 000 listed parts about 250 000. */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024

/** @throws {RangeError} when it is longer */
export async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_RESPONSE_BYTES) throw new RangeError('The response is too long.')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
