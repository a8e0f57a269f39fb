/** The type of an upload's result, by the type of the service that it goes to. */
import type { Upload, UploadResult } from '../options.ts'

/** `createService()` returns such an object: its type says what the application responds with. There is no value. */
export interface ServiceType {
  readonly '~response'?: unknown
}

/**
 * The result of an upload to the service of that type, e.g. `upload<typeof service>(file, options)`. The type is what the
 * service's own code returns; nothing is checked when the page runs.
 */
export type ResultOf<Service extends ServiceType> = unknown extends Service['~response']
  ? UploadResult
  : UploadResult &
      (
        | { delivery: 'done'; response: Exclude<Service['~response'], undefined> }
        | { delivery: 'accepted'; response: undefined }
      )

/** An upload that is also the promise of its result. */
export type RunningUpload<Service extends ServiceType = ServiceType> = Upload<ResultOf<Service>> &
  Promise<ResultOf<Service>>
