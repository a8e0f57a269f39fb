import { describe, expect, it } from 'vitest'
import { createGate, createPool } from '../../../client/upload/queue.ts'

const createOwner = (size: number) => ({ file: { size }, turns: 0 })
const { signal } = new AbortController()
const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('a gate', () => {
  it('lets the smallest of one drop go first', async () => {
    const gate = createGate(1)
    const order: number[] = []
    await Promise.all(
      [5, 3, 9, 1].map(async (size) => {
        const finish = await gate.enter(createOwner(size), signal)
        order.push(size)
        finish()
      }),
    )
    expect(order).toEqual([1, 3, 5, 9])
  })

  it('holds as many as its limit', async () => {
    const gate = createGate(3)
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 1000 }, async (_, size) => {
        const finish = await gate.enter(createOwner(size), signal)
        inside += 1
        most = Math.max(most, inside)
        await settle()
        inside -= 1
        finish()
      }),
    )
    expect(most).toBe(3)
  })

  it('is fair: two large files share the turns', async () => {
    const gate = createGate(4)
    const owners = [createOwner(1000), createOwner(2000)]
    const held = owners.flatMap((owner) =>
      Array.from({ length: 4 }, () => gate.enter(owner, signal)),
    )
    await settle()
    expect(owners.map(({ turns }) => turns)).toEqual([2, 2])
    for (const finish of await Promise.all(held.slice(0, 2))) finish()
    await settle()
    expect(owners.map(({ turns }) => turns)).toEqual([2, 2])
  })

  it('forgets those who leave the line, and passes the reason on', async () => {
    const gate = createGate(1)
    const finish = await gate.enter(createOwner(1), signal)
    const controller = new AbortController()
    const waiting = gate.enter(createOwner(2), controller.signal)
    const last = gate.enter(createOwner(3), signal)
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    finish()
    ;(await last)()
    expect(await gate.enter(createOwner(4), signal)).toBeTypeOf('function')
  })

  it('has more turns for small files, and while large ones wait for their response', async () => {
    const gate = createGate(2, 4)
    const inside: string[] = []
    const enter = async (size: number, name: string) => {
      const leave = await gate.enter(createOwner(size), signal)
      inside.push(name)
      return leave
    }
    const first = enter(2 ** 18, 'first')
    void enter(2 ** 18, 'second')
    await settle()
    void enter(2 ** 19, 'third')
    const small = enter(2 ** 18 - 1, 'small')
    await settle()
    expect(inside).toEqual(['first', 'second', 'small'])
    const leave = await first
    // Said more than once: of a form, the last two events say the same.
    leave(true)
    leave(true)
    await settle()
    // The small file sends, too.
    expect(inside).toHaveLength(3)
    ;(await small)()
    await settle()
    expect(inside.at(-1)).toBe('third')
    void enter(1, 'fourth')
    void enter(1, 'fifth')
    await settle()
    expect(inside.at(-1)).toBe('fourth')
    leave()
    await settle()
    expect(inside.at(-1)).toBe('fifth')
  })

  it('does not let in who has gone already', async () => {
    await expect(createGate(1).enter(createOwner(1), AbortSignal.abort('gone'))).rejects.toBe(
      'gone',
    )
  })
})

it('a pool fetches tickets of small files ahead of their turns', async () => {
  const { small, large, requests } = createPool(2)
  const owners = Array.from({ length: 9 }, (_, at) => createOwner(at))
  for (const gate of [small, large, requests]) {
    for (const owner of owners) void gate.enter(owner, signal)
  }
  await settle()
  const sum = owners.reduce((turns, owner) => turns + owner.turns, 0)
  expect(sum).toBe(4 + 2 + 2)
})
