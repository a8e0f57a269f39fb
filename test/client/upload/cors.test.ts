/** A bucket without a CORS rule, in a page of its own: what the client knows of a host lasts as long as the page. */
import { beforeEach, expect, it, vi } from 'vitest'
import { upload } from '../../../client/index.ts'
import { askBackend, buildOptions, createFile } from '../../support/browser-page.ts'

const MIB = 1024 * 1024

beforeEach(() => askBackend('reset'))

it.each(['put', 'multipart'] as const)(
  'without a CORS rule a %s ends with CORS within a few seconds, said to the console',
  async (method) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const options = await buildOptions(
      { method, retryDelays: [1000, 2000, 4000, 8000] },
      'closed-bucket',
    )
    vi.spyOn(Math, 'random').mockReturnValue(0.9)
    const startedAt = performance.now()
    await expect(upload(createFile(MIB), options)).rejects.toMatchObject({ code: 'CORS' })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(warn.mock.calls[0]?.[0]).toContain('CORS rule')
    vi.restoreAllMocks()
  },
  15_000,
)

it('without a CORS rule a form is stored and confirmed, and the console is told', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const options = await buildOptions({ method: 'form' }, 'closed-bucket')
  for (let times = 0; times < 3; times += 1) {
    expect(await upload(createFile(1000), options)).toMatchObject({ via: 'confirm' })
  }
  expect(warn.mock.calls.filter(([text]) => String(text).includes('CORS rule')).length).toBe(3)
  warn.mockRestore()
})
