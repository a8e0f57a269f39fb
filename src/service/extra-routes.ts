/** Routes that a program asks for. The Worker of its own has none of them: its bundle is smaller. */
import type { ExtraRoute } from './deps.ts'
import { createFindStoredRoute, type FindStored } from './find-stored.ts'
import { createObjectRoutes, type ObjectSettings } from './own-objects.ts'

export interface ExtraOptions {
  /**
   * Finds an earlier upload of the same bytes by the same user, which the page then need not send.
   * @default the route `POST /uploads/stored` does not exist
   */
  findStored?: FindStored | undefined
  /**
   * Lets users read what they have uploaded under these profiles.
   * @default nothing can be read: the routes `GET /objects` and `GET /objects/url` do not exist
   */
  objects?: ObjectSettings | undefined
}

export function listExtraRoutes({ findStored, objects }: ExtraOptions): ExtraRoute[] {
  return [
    ...(findStored ? [createFindStoredRoute(findStored)] : []),
    ...(objects ? createObjectRoutes(objects) : []),
  ]
}
