/**
 * The application behind the demo: receives the service's webhooks, and can be switched off, so that people see an
 * upload wait for it.
 */
import { Hono } from 'hono'
import type { UploadEvent } from '../webhook/event.ts'
import { verifyWebhook } from '../webhook/index.ts'

/** What the page learns of one event. */
export interface ApplicationNews {
  id: string
  key: string
  response: unknown
}

export interface DemoApplicationOptions {
  webhookSecret: string
  /** Deliveries that are due now. */
  readDue: () => Promise<number>
}

export interface DemoApplication {
  routes: Hono
  /** @returns how to stop it */
  onEvent(listener: (news: ApplicationNews) => void): () => void
}

/** Responses by event id: an event that comes twice has its effect once. The demo ends before this grows. */
function createResponses() {
  const responses = new Map<string, object>()
  return (event: UploadEvent): { response: object; isNew: boolean } => {
    const known = responses.get(event.id)
    if (known) return { response: known, isNew: false }
    const { at: _, subject: __, via: ___, ...facts } = event.data
    const response = { registeredAs: responses.size + 1, ...facts }
    responses.set(event.id, response)
    return { response, isNew: true }
  }
}

export function createDemoApplication({
  webhookSecret,
  readDue,
}: DemoApplicationOptions): DemoApplication {
  const listeners = new Set<(news: ApplicationNews) => void>()
  const register = createResponses()
  const routes = new Hono()
  let isDown = false

  routes.post('/webhook', async (c) => {
    if (isDown) return c.text('down', 503)
    const event = verifyWebhook(c.req.raw.headers, await c.req.arrayBuffer(), {
      secrets: [webhookSecret],
    })
    const { response, isNew } = register(event)
    if (isNew) {
      for (const tell of listeners) tell({ id: event.data.id, key: event.data.key, response })
    }
    return c.json(response)
  })
  routes.get('/state', async (c) => c.json({ isDown, due: await readDue() }))
  routes.post('/state', async (c) => {
    const { isDown: wanted } = await c.req.json<{ isDown: boolean }>()
    isDown = wanted === true
    return c.json({ isDown, due: await readDue() })
  })

  return {
    routes,
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
