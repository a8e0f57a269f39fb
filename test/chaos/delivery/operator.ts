/** The operator's routes, asked as the operator would. */
import { OPERATOR_TOKEN } from './surroundings.ts'

/** As the operator. `undefined`: the service is down or fails. @throws when it refuses */
export async function askOperator<T>(
  url: string,
  path: string,
  body?: object,
): Promise<T | undefined> {
  let response: Response
  let text: string
  try {
    response = await fetch(`${url}/operator/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${OPERATOR_TOKEN}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(30_000),
      ...(body && { body: JSON.stringify(body) }),
    })
    text = await response.text()
  } catch {
    return undefined
  }
  if (response.ok) return JSON.parse(text) as T
  if (response.status < 500) throw new Error(`/operator/${path}: ${response.status} ${text}`)
  return undefined
}
