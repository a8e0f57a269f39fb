/** Checked by the compiler. */
import { describe, expectTypeOf, it } from 'vitest'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import type { UploadFacts } from '../../src/service/delivery/deliver.ts'
import type { PageResponse } from '../../src/service/page-response.ts'

type ResponseOf<S extends Service> = Exclude<S['~response'], undefined>

describe('the type of what the page gets', () => {
  it('is the JSON of what the handler returns, or of its promise', () => {
    expectTypeOf<PageResponse<{ url: string }>>().toEqualTypeOf<{ url: string }>()
    expectTypeOf<PageResponse<Promise<number[]>>>().toEqualTypeOf<number[]>()
    expectTypeOf<PageResponse<{ at: Date; parts: Set<1> }>>().toEqualTypeOf<{
      at: string
      parts: Record<never, never>
    }>()
    expectTypeOf<PageResponse<{ run(): void; size: number }>>().toEqualTypeOf<{ size: number }>()
    expectTypeOf<PageResponse<null>>().toEqualTypeOf<null>()
    expectTypeOf<PageResponse<'a' | Promise<{ kind: 'b' }>>>().toEqualTypeOf<'a' | { kind: 'b' }>()
  })

  it('is the facts of the upload for a handler that returns nothing', () => {
    expectTypeOf<PageResponse<void>>().toEqualTypeOf<UploadFacts>()
    expectTypeOf<PageResponse<Promise<void>>>().toEqualTypeOf<UploadFacts>()
    expectTypeOf<PageResponse<{ a: 1 } | undefined>>().toEqualTypeOf<{ a: 1 } | UploadFacts>()
  })

  it('is unknown without a handler, and for one that returns anything', () => {
    expectTypeOf<PageResponse<unknown>>().toBeUnknown()
    // biome-ignore lint/suspicious/noExplicitAny: what a careless handler returns.
    expectTypeOf<PageResponse<any>>().toBeUnknown()
  })
})

it('createService finds it in onReceipt', () => {
  const create = (settings: ServiceOptions) => {
    const typed = () =>
      createService({
        ...settings,
        async onReceipt({ key, at }) {
          return { url: `https://img.example.com/${key}`, at }
        },
      })
    const plain = () => createService(settings)
    return { typed, plain }
  }
  type Created = ReturnType<typeof create>
  expectTypeOf<ResponseOf<ReturnType<Created['typed']>>>().toEqualTypeOf<{
    url: string
    at: string
  }>()
  expectTypeOf<ResponseOf<ReturnType<Created['plain']>>>().toBeUnknown()
  expectTypeOf<ReturnType<Created['typed']>>().toExtend<Service>()
})
