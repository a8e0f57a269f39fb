/** The body of a response as text, within a bound. Shared by all calls that this program makes. */

/**
 * @param maxBytes as they arrive, decompressed
 * @throws {RangeError} when it is longer; leaving the loop cancels the stream
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw new RangeError('The response is too long.')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
