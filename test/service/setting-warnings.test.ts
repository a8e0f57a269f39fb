import { describe, expect, it } from 'vitest'
import { listSettingWarnings } from '../../src/service/setting-warnings.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { createServiceWithStubOss, createSettings } from '../support/service-with-stub-oss.ts'

describe('settings that may be wrong', () => {
  it('are none by default', () => {
    expect(listSettingWarnings(createSettings())).toEqual([])
  })

  it('are a region that nobody knows, with the nearest name', () => {
    expect(listSettingWarnings({ ...createSettings(), region: 'cn-hanghzou' })).toEqual([
      { code: 'REGION_UNKNOWN', message: expect.stringContaining('Did you mean cn-hangzhou?') },
    ])
    const local = { region: 'local-1', endpoint: 'http://127.0.0.1:9000' }
    expect(listSettingWarnings({ ...createSettings(), ...local })).toEqual([])
  })

  it('are a fixed token of STS, with its end', () => {
    const credentials = { ...ACCESS_KEY, securityToken: 'PLANTED-token' }
    const [warning] = listSettingWarnings({ ...createSettings(), credentials })
    expect(warning?.message).toContain('within hours')
    expect(warning?.message).not.toContain('PLANTED')
    const expiration = new Date('2026-11-22T09:00:00Z')
    const known = { ...createSettings(), credentials: { ...credentials, expiration } }
    expect(listSettingWarnings(known)).toEqual([
      {
        code: 'CREDENTIALS_TEMPORARY',
        message: expect.stringContaining('at 2026-11-22T09:00:00.000Z'),
      },
    ])
  })

  it('are logged at start', () => {
    const { lines } = createServiceWithStubOss({ region: 'cn-shangai' })
    expect(lines.filter((line) => line.includes('REGION_UNKNOWN'))).toHaveLength(1)
  })
})
