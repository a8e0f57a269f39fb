import { expect, it } from 'vitest'
import { filterFiles, type Rules } from '../../../client/element/rules.ts'
import { createWords } from '../../../client/element/texts.ts'

const words = createWords('en')
const open: Rules = { accept: '', maxSize: 0, maxFiles: 100 }
const make = (name: string, type = '', size = 1) => new File([new Uint8Array(size)], name, { type })

function filter(files: File[], rules: Partial<Rules>, mayAdd = (_: File) => true) {
  const { accepted, problems } = filterFiles(files, { ...open, ...rules }, words, mayAdd)
  return { accepted: accepted.map(({ name }) => name), problems }
}

it.each([
  ['', 'a.bin', '', true],
  ['.PDF', 'A.pdf', '', true],
  ['.pdf', 'a.pdf.exe', 'application/pdf', false],
  ['image/*', 'a.heic', 'image/heic', true],
  ['image/*', 'a', '', false],
  ['image/png', 'a.png', 'image/png', true],
  ['image/png', 'a.png', 'image/pngx', false],
  ['*/*', 'a', '', true],
  ['*/*', 'a', 'a/b', true],
  ['image/*', 'a', 'images/png', false],
  [' .txt , image/gif,', 'a.gif', 'image/gif', true],
  ['.txt,', 'noname', '', false],
])('accept=%j accepts %s of type %j: %s', (accept, name, type, isAccepted) => {
  expect(filter([make(name, type)], { accept }).accepted.length).toBe(isAccepted ? 1 : 0)
})

it.each([
  ['a.txt', 'text/plain', 'a.txt: Not accepted: text/plain. Accepted: image/*, .pdf.'],
  ['a.b.exe', '', 'a.b.exe: Not accepted: a.b.exe. Accepted: image/*, .pdf.'],
  ['notes', '', 'notes: Not accepted: notes. Accepted: image/*, .pdf.'],
])('says of %s with type %j what was seen and what is accepted', (name, type, text) => {
  expect(filter([make(name, type)], { accept: 'image/*, .pdf' }).problems).toEqual([text])
})

it('counts bytes: exactly the limit is accepted', () => {
  const { accepted, problems } = filter([make('a', '', 10), make('b', '', 11)], { maxSize: 10 })
  expect(accepted).toEqual(['a'])
  expect(problems).toEqual(['b: This file is larger than 10 bytes.'])
})

it('ignores a limit that is not a number', () => {
  expect(filter([make('a')], { maxSize: Number.NaN }).accepted).toEqual(['a'])
})

it('asks the page last, and only about files that would be accepted', () => {
  const asked: string[] = []
  const { accepted } = filter(
    [make('a.txt'), make('b.exe'), make('c.txt')],
    { accept: '.txt' },
    ({ name }) => {
      asked.push(name)
      return name !== 'a.txt'
    },
  )
  expect([asked, accepted]).toEqual([['a.txt', 'c.txt'], ['c.txt']])
})

it('shows a few problems, not hundreds', () => {
  const files = Array.from({ length: 20 }, (_, at) => make(`${at}.exe`))
  const { problems } = filter(files, { accept: '.txt' })
  expect(problems.length).toBe(6)
  expect(problems.at(-1)).toBe('+15')
})
