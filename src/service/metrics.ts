/** `GET /metrics`: what an observer has counted, as text, for whoever has the token. */
import { createTokenCheck } from './operator-token.ts'
import { respond, type ServiceContext } from './response.ts'

/** Port: counted elsewhere, shown here. */
export interface MetricsSource {
  /** Media type of the text. */
  readonly contentType: string
  read(): Promise<string>
}

export interface MetricsSettings {
  source: MetricsSource
  /** Bearer token of the route, at least 32 characters. */
  token: string
}

export function createMetricsHandler(metrics: MetricsSettings | undefined) {
  const check = createTokenCheck(metrics?.token, 'metrics')
  return async (c: ServiceContext): Promise<Response> => {
    check(c)
    const text = (await metrics?.source.read()) ?? ''
    return respond(c, text, 200, {
      'content-type': metrics?.source.contentType ?? 'text/plain',
      'cache-control': 'no-store',
    })
  }
}
