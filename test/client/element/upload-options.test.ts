import { expect, it } from 'vitest'
import { buildUploadOptions } from '../../../client/element/upload-options.ts'

const attributes: Record<string, string> = { endpoint: 'https://service.test', profile: 'any' }
const getAttribute = (name: string) => attributes[name] ?? null

it('takes endpoint and profile from attributes, headers and vars from properties', () => {
  const headers = { authorization: 'Bearer t' }
  const vars = { album: 'a' }
  const options = { endpoint: 'https://other.test', concurrency: 2 }
  expect(buildUploadOptions({ getAttribute, headers, vars, options })).toEqual({
    ...{ endpoint: 'https://service.test', profile: 'any', headers, vars },
    concurrency: 2,
  })
})

it('leaves out what is not set: options have it', () => {
  const options = { type: 'text/plain', vars: { album: 'a' } }
  expect(buildUploadOptions({ getAttribute, options, vars: undefined })).toMatchObject(options)
  expect(buildUploadOptions({ getAttribute: () => null })).toEqual({ endpoint: '', profile: '' })
})
