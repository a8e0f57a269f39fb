import { expect, it } from 'vitest'
import { type Rules, siftFiles } from '../../../client/element/rules.ts'
import { createWords } from '../../../client/element/texts.ts'

const words = createWords('en')
const open: Rules = { accept: '', maxSize: 0, room: 100 }
const make = (name: string, type = '', size = 1) => new File([new Uint8Array(size)], name, { type })

function sift(files: File[], rules: Partial<Rules>, mayTake = (_: File) => true) {
  const { taken, problems } = siftFiles(files, { ...open, ...rules }, words, mayTake)
  return { taken: taken.map(({ name }) => name), problems }
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
  [' .txt , image/gif,', 'a.gif', 'image/gif', true],
  ['.txt,', 'noname', '', false],
])('accept=%j takes %s of type %j: %s', (accept, name, type, isWelcome) => {
  expect(sift([make(name, type)], { accept }).taken.length).toBe(isWelcome ? 1 : 0)
})

it('counts bytes: exactly the limit is welcome', () => {
  const { taken, problems } = sift([make('a', '', 10), make('b', '', 11)], { maxSize: 10 })
  expect(taken).toEqual(['a'])
  expect(problems).toEqual(['b: This file is larger than 10 byte.'])
})

it('knows no limit that is no number', () => {
  expect(sift([make('a')], { maxSize: Number.NaN }).taken).toEqual(['a'])
})

it('asks the page last, and only about files that would be taken', () => {
  const asked: string[] = []
  const { taken } = sift(
    [make('a.txt'), make('b.exe'), make('c.txt')],
    { accept: '.txt' },
    ({ name }) => {
      asked.push(name)
      return name !== 'a.txt'
    },
  )
  expect([asked, taken]).toEqual([['a.txt', 'c.txt'], ['c.txt']])
})

it('does not bury the page in complaints', () => {
  const files = Array.from({ length: 20 }, (_, at) => make(`${at}.exe`))
  const { problems } = sift(files, { accept: '.txt' })
  expect(problems.length).toBe(6)
  expect(problems.at(-1)).toBe('+15')
})
