/** Checked by the compiler: what a service's `onReceipt` returns reaches the page's `response`. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { upload as uploadForm } from '../../../client/form.ts'
import { createUploader, type UploadResult, type upload } from '../../../client/index.ts'
import type { useUpload, useUploads } from '../../../client/react.ts'
import type {
  createUpload as createSolidUpload,
  createUploads as createSolidUploads,
} from '../../../client/solid.ts'
import type { createUpload, createUploads } from '../../../client/svelte.ts'
import type { useUpload as useVueUpload, useUploads as useVueUploads } from '../../../client/vue.ts'
import type { createService, PageResponse, Service, ServiceOptions } from '../../../src/index.ts'
import { askBackend, buildOptions, createFile } from '../../support/browser-page.ts'

interface Photo {
  url: string
  takenAt: Date
}

type PhotoService = ReturnType<typeof createService<Promise<Photo>>>
/** A `Date` is a string in JSON. */
type Response = { url: string; takenAt: string }
type Result = Awaited<ReturnType<typeof upload<PhotoService>>>

describe('the result of an upload to a service whose type is known', () => {
  it('has the response of that service, when the application has responded', () => {
    expectTypeOf<Result['response']>().toEqualTypeOf<Response | undefined>()
    expectTypeOf<Result>().toExtend<UploadResult>()
    expectTypeOf<Extract<Result, { delivery: 'done' }>['response']>().toEqualTypeOf<Response>()
    const read = (result: Result) =>
      result.delivery === 'done' ? result.response.url : result.response
    expectTypeOf(read).returns.toEqualTypeOf<string | undefined>()
    // @ts-expect-error: it has no such field.
    const wrong = (result: Result) => result.delivery === 'done' && result.response.uri
    expectTypeOf(wrong).toBeFunction()
  })

  it('is the same after resume, by an uploader, by the form-only client, and in the hooks', () => {
    type Running = ReturnType<typeof upload<PhotoService>>
    expectTypeOf<Awaited<ReturnType<Running['resume']>>>().toEqualTypeOf<Result>()
    type Own = ReturnType<ReturnType<typeof createUploader<PhotoService>>['upload']>
    expectTypeOf<Awaited<Own>>().toEqualTypeOf<Result>()
    expectTypeOf<Awaited<ReturnType<typeof uploadForm<PhotoService>>>>().toEqualTypeOf<Result>()

    type Many = ReturnType<typeof useUploads<PhotoService>>
    expectTypeOf<Many['uploads'][number]['result']>().toEqualTypeOf<Result | undefined>()
    type Added = Awaited<ReturnType<Many['add']>>
    expectTypeOf<Added>().toEqualTypeOf<PromiseSettledResult<Result>[]>()
    type One = ReturnType<typeof useUpload<PhotoService>>
    expectTypeOf<One['result']>().toEqualTypeOf<Result | undefined>()
    expectTypeOf<Awaited<ReturnType<One['start']>>>().toEqualTypeOf<Result>()

    type VueMany = ReturnType<typeof useVueUploads<PhotoService>>
    expectTypeOf<VueMany['uploads']['value']>().toEqualTypeOf<Many['uploads']>()
    type VueOne = ReturnType<typeof useVueUpload<PhotoService>>
    expectTypeOf<VueOne['result']['value']>().toEqualTypeOf<Result | undefined>()

    type SvelteMany = ReturnType<typeof createUploads<PhotoService>>
    expectTypeOf<SvelteMany['uploads']>().toEqualTypeOf<Many['uploads']>()
    type SvelteOne = ReturnType<typeof createUpload<PhotoService>>
    expectTypeOf<SvelteOne['result']>().toEqualTypeOf<Result | undefined>()

    type SolidMany = ReturnType<typeof createSolidUploads<PhotoService>>
    expectTypeOf<SolidMany['uploads']>().toEqualTypeOf<Many['uploads']>()
    type SolidOne = ReturnType<typeof createSolidUpload<PhotoService>>
    expectTypeOf<SolidOne['result']>().toEqualTypeOf<Result | undefined>()
  })

  it('is any JSON value where the service’s type is not known', () => {
    expectTypeOf<Awaited<ReturnType<typeof upload>>>().toEqualTypeOf<UploadResult>()
    type Plain = ReturnType<typeof createService>
    expectTypeOf<Awaited<ReturnType<typeof upload<Plain>>>>().toEqualTypeOf<UploadResult>()
  })

  it('can be named for a handler that an outbox or a ledger has', () => {
    const onReceipt = async (): Promise<Photo> => ({ url: '', takenAt: new Date(0) })
    type Own = Service<PageResponse<ReturnType<typeof onReceipt>>>
    expectTypeOf<Awaited<ReturnType<typeof upload<Own>>>>().toEqualTypeOf<Result>()
    expectTypeOf(onReceipt).toBeFunction()
  })

  it('takes the type of a service, not of a response', () => {
    // @ts-expect-error: a service's type is needed, or none.
    expectTypeOf<ReturnType<typeof upload<{ url: string }>>>().toBeObject()
    expectTypeOf<ServiceOptions<Photo>['onReceipt']>().toBeNullable()
  })
})

it('the JSON that a page gets is of that type', async () => {
  await askBackend('reset')
  const photo: Photo = { url: 'https://img.example.com/夏天.png', takenAt: new Date(0) }
  await askBackend('respondWith', { value: photo })
  const uploader = createUploader<PhotoService>(await buildOptions())
  const result = await uploader.upload(createFile(10, 'a.txt', 'text/plain'))
  if (result.delivery !== 'done') throw new Error('The application has not responded.')
  const { url, takenAt } = result.response
  expect({ url, takenAt }).toEqual({ ...photo, takenAt: '1970-01-01T00:00:00.000Z' })
})
