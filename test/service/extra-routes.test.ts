import { expect, it } from 'vitest'
import { listExtraRoutes } from '../../src/service/extra-routes.ts'

it('has no route that the program did not ask for', () => {
  const list = (options: Parameters<typeof listExtraRoutes>[0]) =>
    listExtraRoutes(options).map(({ method, path }) => `${method} ${path}`)
  expect(list({})).toEqual([])
  expect(list({ findStored: () => undefined })).toEqual(['POST /uploads/stored'])
  expect(list({ objects: { profiles: [] } })).toEqual(['GET /objects', 'GET /objects/url'])
})
