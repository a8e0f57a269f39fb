import { describe, expect, it } from 'vitest'
import { handleTogether } from '../../src/entry/handle-together.ts'

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

function createDoor() {
  const events: string[] = []
  const handle = handleTogether(async (request) => {
    const { pathname } = new URL(request.url)
    events.push(`begin ${pathname}`)
    if (pathname === '/slow') for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    if (pathname === '/bad') throw new RangeError('bad')
    return new Response(pathname)
  })
  const ask = async (path: string): Promise<string> => {
    const response = await handle(new Request(`http://localhost${path}`))
    events.push(`end ${path}`)
    return response.text()
  }
  return { ask, events }
}

describe('requests of one turn', () => {
  it('are all handled before the first response is sent, in their order', async () => {
    const { ask, events } = createDoor()
    await Promise.all([ask('/a'), ask('/b'), ask('/c')])
    expect(events).toEqual(['begin /a', 'begin /b', 'begin /c', 'end /a', 'end /b', 'end /c'])
  })

  it('get each its own response', async () => {
    const { ask } = createDoor()
    const paths = Array.from({ length: 50 }, (_, at) => `/${at}`)
    expect(await Promise.all(paths.map(ask))).toEqual(paths)
  })

  it('do not wait for a slow one', async () => {
    const { ask, events } = createDoor()
    await Promise.all([ask('/slow'), ask('/a')])
    expect(events).toEqual(['begin /slow', 'begin /a', 'end /a', 'end /slow'])
  })

  it('do not suffer from a failing one', async () => {
    const { ask } = createDoor()
    const [bad, good] = await Promise.allSettled([ask('/bad'), ask('/a')])
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) })
    expect(good).toEqual({ status: 'fulfilled', value: '/a' })
  })
})

it('later requests are handled, too', async () => {
  const { ask } = createDoor()
  for (const path of ['/a', '/b', '/c']) expect(await ask(path)).toBe(path)
})
