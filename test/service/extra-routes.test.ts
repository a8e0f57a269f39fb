import { expect, it } from 'vitest'
import { listExtraRoutes } from '../../src/service/extra-routes.ts'

it('has no route that the program did not ask for', () => {
  expect(listExtraRoutes({})).toEqual([])
  const routes = listExtraRoutes({ findStored: () => undefined })
  expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /uploads/stored'])
})
