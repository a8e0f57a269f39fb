import { expect, it } from 'vitest'
import { readText } from '../../src/signer/read-text.ts'

it('reads UTF-8 that is cut anywhere', async () => {
  const bytes = new TextEncoder().encode('夏天')
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]))
      controller.close()
    },
  })
  expect(await readText(new Response(stream), 100)).toBe('夏天')
  expect(await readText(new Response(null), 100)).toBe('')
})

it('takes no more than its bound, and ends an endless body', async () => {
  let isCancelled = false
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    cancel() {
      isCancelled = true
    },
  })
  await expect(readText(new Response(endless), 2 * 1024 * 1024)).rejects.toThrow(RangeError)
  expect(isCancelled).toBe(true)
})
