import { describe, expect, it } from 'vitest'
import { openLog, watchSecrets } from '../../src/service/open-log.ts'
import { ACCESS_KEY, JWT_SECRET, UPCALL_SECRET } from '../support/keys.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

const TOKEN = 'PLANTED-operator-token-of-32-characters'
const METRICS = 'PLANTED-metrics-token-of-32-characters-'
const WEBHOOK = 'whsec_UExBTlRFRC13ZWJob29rLXNlY3JldC0wMDAx'
const source = { contentType: 'text/plain', read: async () => '' }

const settings = {
  ...createSettings(),
  secret: [UPCALL_SECRET, 'PLANTED-older-secret-of-at-least-32-bytes'],
  operatorToken: TOKEN,
  metrics: { source, token: METRICS },
  webhook: { url: 'https://app.example.com/hook', secrets: [WEBHOOK] },
}

describe('the log of a service', () => {
  it('knows every secret of its settings, and the credentials of the moment', () => {
    let current = [ACCESS_KEY.accessKeySecret]
    const list = watchSecrets(settings, { listSecrets: () => current })
    expect(list()).toEqual([...settings.secret, TOKEN, METRICS, WEBHOOK, JWT_SECRET, ...current])
    current = ['another']
    expect(list()).toContain('another')
  })

  it('prints none of them', () => {
    const lines: string[] = []
    const log = openLog(
      { ...settings, writeLog: (line) => lines.push(line) },
      { listSecrets: () => [ACCESS_KEY.accessKeySecret] },
    )
    log.warning('TEST', [...settings.secret, TOKEN, METRICS, WEBHOOK, JWT_SECRET].join(' and '))
    log.failure('TEST', 'id', new Error(`${ACCESS_KEY.accessKeySecret} of OSS`))
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain('PLANTED')
    expect(lines.join()).not.toContain(WEBHOOK)
  })
})
