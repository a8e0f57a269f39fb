import { describe, expect, it } from 'vitest'
import { INIT_HELP, readFlags } from '../../src/entry/init-flags.ts'

describe('readFlags', () => {
  it('takes the folder of a starter as an argument, or as an option', () => {
    expect(readFlags(['--template', 'next', 'app'])).toMatchObject({
      template: 'next',
      folder: 'app',
    })
    expect(readFlags(['--folder', 'app', '--template', 'next']).folder).toBe('app')
    expect(readFlags(['--template', 'next']).folder).toBe('.')
  })

  it.each([
    [['--template']],
    [['--template=']],
    [['--template', '--force']],
    [['--template', '--folder', 'app']],
  ])('%j has a template without a name', (args) => {
    expect(readFlags(args).template).toBe('')
  })

  it.each([
    [['app'], 'init takes no app'],
    [['--template', 'next', 'a', 'b'], 'one folder'],
    [['--template', 'next', 'a', '--folder', 'b'], 'one folder'],
    [['--template', 'next', '--bucket', 'b', '--env-file', 'x'], '--bucket, --env-file'],
    [['--template', 'next', '--target', 'worker'], '--template goes without --target'],
    [['--target', 'edge'], '--target wants node or worker'],
    [['--what'], '--what'],
  ])('%j is refused', (args, words) => {
    expect(() => readFlags(args)).toThrow(words)
  })

  it('has every option in the help', () => {
    const names = Object.keys(readFlags(['--template', 'next'])).map((name) => `--${name} `)
    expect(names.filter((name) => !INIT_HELP.includes(name))).toEqual([])
    for (const name of ['--env-file <', '--folder <', '--webhook <']) {
      expect(INIT_HELP).toContain(name)
    }
  })
})
