import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readOutdated } from '../../src/dev/check-dependencies.ts'

const names = ['hono', '@hono/node-server']

describe('readOutdated', () => {
  it('is content when npm has nothing to say', () => {
    expect(readOutdated(names, '{}')).toEqual({
      lines: ['hono: newest', '@hono/node-server: newest'],
      updates: [],
    })
  })

  it('names what is to be updated', () => {
    const report = { '@hono/node-server': { current: '2.1.8', wanted: '2.1.9', latest: '2.1.9' } }
    expect(readOutdated(names, JSON.stringify(report))).toEqual({
      lines: ['hono: newest', '@hono/node-server: 2.1.8, but 2.1.9 is there'],
      updates: ['@hono/node-server@2.1.9'],
    })
  })

  it('tells of a newer major without failing', () => {
    const report = { hono: { current: '4.2.3', wanted: '4.2.3', latest: '5.0.0' } }
    const { lines, updates } = readOutdated(names, JSON.stringify(report))
    expect(lines[0]).toBe('hono: 4.2.3, newest of its range; newest of all is 5.0.0')
    expect(updates).toEqual([])
  })

  it('fails for what is not installed', () => {
    const report = { hono: { wanted: '4.2.3', latest: '4.2.3' } }
    expect(readOutdated(names, JSON.stringify(report)).updates).toEqual(['hono@4.2.3'])
  })
})

describe('npm run check:dependencies', () => {
  it('fails and says so when the registry is not reachable', () => {
    const registry = 'http://127.0.0.1:1'
    const { status, stderr } = spawnSync(process.execPath, ['src/dev/check-dependencies.ts'], {
      encoding: 'utf8',
      env: { ...process.env, npm_config_registry: registry },
    })
    expect(stderr).toContain('Nothing was checked, the registry is not reachable')
    expect(status).toBe(1)
  })
})
