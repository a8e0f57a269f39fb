import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FILE_VARIABLES, readEnvironment } from '../../src/entry/env-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'upcall-env-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function write(text: string): string {
  count += 1
  const path = join(folder, `file-${count} 文件`)
  writeFileSync(path, text)
  return path
}

describe('--env-file', () => {
  it('is read; a later file wins, and the process wins over all', () => {
    const first = write('A=1\nB=1\nC=1\n# a comment\nD="with # and spaces"\n')
    const second = write('B=2\nC=2\nE={"json":"目"}\n')
    expect(readEnvironment([first, second], { C: '3' })).toEqual({
      A: '1',
      B: '2',
      C: '3',
      D: 'with # and spaces',
      E: '{"json":"目"}',
    })
  })

  it('that is missing is an issue with its name', () => {
    const path = join(folder, 'none')
    expect(() => readEnvironment([path], {})).toThrow(`--env-file ${path} cannot be read (ENOENT)`)
    expect(() => readEnvironment([folder], {})).toThrow(/cannot be read \(EISDIR\)/)
  })
})

describe('a file without a size', () => {
  it('is read as far as the limit', () => {
    const env = { UPCALL_SECRET_FILE: '/dev/zero' }
    expect(() => readEnvironment([], env)).toThrow(/has more than 1048576 bytes/)
    expect(() => readEnvironment([], { UPCALL_SECRET_FILE: '/dev/null' })).toThrow(/is empty/)
  })
})

describe('a secret in a file of its own', () => {
  it.each(FILE_VARIABLES)('%s_FILE is read without its last line break', (name) => {
    for (const end of ['', '\n', '\r\n']) {
      const env = readEnvironment([], { [`${name}_FILE`]: write(`secret of it${end}`) })
      expect(env[name]).toBe('secret of it')
    }
  })

  it('may be named in an --env-file', () => {
    const file = write(`UPCALL_SECRET_FILE=${write('from-file')}\nUPCALL_SECRET=\n`)
    expect(readEnvironment([file], {}).UPCALL_SECRET).toBe('from-file')
  })

  it('keeps everything else as it is', () => {
    const path = write('  first line\nsecond line\n\n')
    expect(readEnvironment([], { UPCALL_SECRET_FILE: path }).UPCALL_SECRET).toBe(
      '  first line\nsecond line\n',
    )
  })

  it('counts as not set when the name of the file is blank', () => {
    expect(readEnvironment([], { UPCALL_SECRET_FILE: ' ' }).UPCALL_SECRET).toBe(undefined)
  })

  it('tells all issues at once, and no piece of a value', () => {
    const large = write('')
    truncateSync(large, 1024 * 1024 + 1)
    const env = {
      UPCALL_SECRET: 'PLANTED-1',
      UPCALL_SECRET_FILE: write('PLANTED-2'),
      UPCALL_JWT_SECRET_FILE: join(folder, 'PLANTED-none'),
      UPCALL_OPERATOR_TOKEN_FILE: write('\n'),
      UPCALL_METRICS_TOKEN_FILE: large,
    }
    let words = ''
    try {
      readEnvironment([], env)
    } catch (error) {
      words = String(error)
    }
    expect(words).toContain('UPCALL_SECRET and UPCALL_SECRET_FILE are both set; leave one out.')
    expect(words).toContain('UPCALL_JWT_SECRET_FILE names a file that cannot be read (ENOENT).')
    expect(words).toContain('UPCALL_OPERATOR_TOKEN_FILE names a file that is empty.')
    expect(words).toContain(
      'UPCALL_METRICS_TOKEN_FILE names a file that has more than 1048576 bytes.',
    )
    expect(words).not.toContain('PLANTED')
  })
})
