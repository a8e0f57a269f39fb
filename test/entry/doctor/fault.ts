/** A fault to plant, as data: where it is planted, and all that the doctor must say of it. */
import type { BucketOptions } from '../../../src/emulator/index.ts'
import type { FindingId } from '../../../src/entry/doctor/finding-ids.ts'
import { START } from '../../support/clock.ts'
import {
  type DoctorSetupOptions,
  ENV,
  type Handler,
  networkError,
} from '../../support/doctor-setup.ts'

export type State = 'warn' | 'fail' | 'not-checked'

export interface Fault {
  name: string
  plant: DoctorSetupOptions
  /** Everything that is not ok, beside `excess.others`. */
  finds: Partial<Record<FindingId, State>>
  /** Of the first that is found. */
  details?: Record<string, string>
  /** In the English advice of the first. */
  says?: RegExp
}

export const OSS_HOST = 'examplebucket.oss-cn-hangzhou.aliyuncs.com'
export const PROFILES = JSON.parse(ENV.UPCALL_PROFILES ?? '')

export function atHost(host: string, respond: () => Response): DoctorSetupOptions {
  return { network: (request) => (new URL(request.url).host === host ? respond() : undefined) }
}

export function cutAt(host: string, code: string): DoctorSetupOptions {
  return atHost(host, () => {
    throw networkError(code)
  })
}

export const page = () => new Response('<html>Hello', { headers: { 'content-type': 'text/html' } })

/** A proxy that responds itself to some paths. */
export function proxyOf(path: RegExp, respond: () => Response): DoctorSetupOptions {
  return {
    proxy: async (request, service) =>
      path.test(new URL(request.url).pathname) ? respond() : service(request),
  }
}

/** A proxy that changes what it passes on. */
export function changing(
  change: (request: Request) => Request | Promise<Request>,
): DoctorSetupOptions {
  return { proxy: async (request, service) => service(await change(request)) }
}

export function without(name: string): DoctorSetupOptions {
  return changing((request) => {
    const headers = new Headers(request.headers)
    headers.delete(name)
    return new Request(request, { headers })
  })
}

export function onlyFromOss(respond: Handler): DoctorSetupOptions {
  return {
    proxy: async (request, service) =>
      request.headers.has('x-oss-request-id') ? respond(request) : service(request),
  }
}

export const withBucket = (bucket: Partial<BucketOptions>): DoctorSetupOptions => ({ bucket })
export const inDays = (days: number) => new Date(START.getTime() + days * 86_400_000)
export const CALLBACK_LOST = { 'upload.callback': 'fail' } as const
export const NO_UPLOAD = { 'upload.stored': 'not-checked' } as const
