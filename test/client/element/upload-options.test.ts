import { expect, it } from 'vitest'
import { buildUploadOptions } from '../../../client/element/upload-options.ts'

const attributes: Record<string, string> = { endpoint: 'https://service.test', profile: 'any' }
const getAttribute = (name: string) => attributes[name] ?? null

it('takes endpoint and profile from attributes, headers and vars from properties', () => {
  const headers = { authorization: 'Bearer t' }
  const vars = { album: 'a' }
  const options = { endpoint: 'https://other.test', concurrency: 2 }
  expect(buildUploadOptions({ getAttribute, headers, vars, options }, 'image/png')).toEqual({
    ...{ endpoint: 'https://service.test', profile: 'any', headers, vars },
    ...{ concurrency: 2, type: 'image/png' },
  })
})

it('leaves the type to upload() where a transform may change it', () => {
  const options = { transform: (file: File) => file }
  expect(buildUploadOptions({ getAttribute, options }, 'image/heic')).not.toHaveProperty('type')
})

it('leaves a type that is not known to upload()', () => {
  const options = { type: 'text/plain' }
  expect(buildUploadOptions({ getAttribute, options }, '').type).toBe('text/plain')
  expect(buildUploadOptions({ getAttribute }, '')).not.toHaveProperty('type')
})
