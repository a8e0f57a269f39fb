import { describe, expect, it } from 'vitest'
import { watchCredentials } from '../../src/service/watch-credentials.ts'
import { ACCESS_KEY } from '../support/keys.ts'

describe('credentials', () => {
  it('that are fixed are known to the log', () => {
    const watched = watchCredentials(ACCESS_KEY)
    expect(watched.credentials).toBe(ACCESS_KEY)
    expect(watched.listSecrets()).toEqual([ACCESS_KEY.accessKeySecret, ''])
  })

  it('of a provider are known to the log, the last two of them', async () => {
    let calls = 0
    const watched = watchCredentials(async () => {
      calls += 1
      return {
        accessKeyId: 'a',
        accessKeySecret: `secret ${calls}`,
        securityToken: `token ${calls}`,
      }
    })
    if (typeof watched.credentials !== 'function') throw new Error('no provider')
    expect(watched.listSecrets()).toEqual([])
    for (let turn = 0; turn < 3; turn += 1) await watched.credentials()
    expect(watched.listSecrets()).toEqual(['secret 3', 'token 3', 'secret 2', 'token 2'])
  })
})
