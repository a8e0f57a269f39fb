import { expect, it, vi } from 'vitest'
import { prepare, type Transform } from '../../../client/transform/prepare.ts'

const file = new File(['a'], 'a.txt', { type: 'text/plain' })
const add =
  (letter: string): Transform =>
  async (old) =>
    new File([old, letter], `${letter}.txt`, { type: old.type })

it('gives each transform the result of the one before', async () => {
  const result = await prepare(file, [add('b'), add('c')])
  expect([await result.text(), result.name, await file.text()]).toEqual(['abc', 'c.txt', 'a'])
  expect(await prepare(file, [])).toBe(file)
})

it('tells which code a failed transform has, with its cause', async () => {
  const cause = new Error('broken')
  const fail = () => Promise.reject(cause)
  await expect(prepare(file, [fail])).rejects.toMatchObject({ code: 'TRANSFORM_FAILED', cause })
  const nothing = (() => undefined) as unknown as Transform
  await expect(prepare(file, [nothing])).rejects.toMatchObject({ code: 'TRANSFORM_FAILED' })
})

it('starts no transform after it was cancelled', async () => {
  const controller = new AbortController()
  const second = vi.fn(add('b'))
  const first: Transform = (old, { signal }) => {
    expect(signal).toBe(controller.signal)
    controller.abort(new Error('enough'))
    return old
  }
  const outcome = prepare(file, [first, second], { signal: controller.signal })
  await expect(outcome).rejects.toMatchObject({ name: 'AbortError', code: 'ABORTED' })
  expect(second).not.toHaveBeenCalled()
})

it('calls a transform that fails because it was cancelled, cancelled', async () => {
  const controller = new AbortController()
  const fail: Transform = () => {
    controller.abort()
    throw new Error('the request was cancelled')
  }
  const outcome = prepare(file, [fail], { signal: controller.signal })
  await expect(outcome).rejects.toMatchObject({ code: 'ABORTED' })
})
