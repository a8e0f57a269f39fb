import { expect, it } from 'vitest'
import { buildDisposition } from '../../src/protocol/disposition.ts'

it.each([
  ['plain.txt', 'attachment; filename="plain.txt"'],
  [
    '合同（终稿）.pdf',
    `attachment; filename="______.pdf"; filename*=UTF-8''%E5%90%88%E5%90%8C%EF%BC%88%E7%BB%88%E7%A8%BF%EF%BC%89.pdf`,
  ],
  ['a"b\\c/d\r\n.txt', 'attachment; filename="a_b_c_d__.txt"'],
  ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
  ['\ud800.txt', `attachment; filename="_.txt"; filename*=UTF-8''%EF%BF%BD.txt`],
  ['', 'attachment; filename=""'],
])('writes %j as RFC 6266 has it', (name, expected) => {
  expect(buildDisposition(name)).toBe(expected)
})
