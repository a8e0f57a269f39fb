import { expect, it } from 'vitest'
import { toAnchor } from '../../../src/dev/docs/anchor.ts'

it.each([
  ['`POST /uploads`', 'post-uploads'],
  ['What was run, and what was not', 'what-was-run-and-what-was-not'],
  ['OSS 拒绝的请求', 'oss-拒绝的请求'],
  ['Before, during – after', 'before-during--after'],
])('to %s is #%s', (heading, anchor) => {
  expect(toAnchor(heading)).toBe(anchor)
})
