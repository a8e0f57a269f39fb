import { uploads } from '#lib/server/uploads.ts'

/** Every method. */
export const fallback = ({ request }: { request: Request }) => uploads.fetch(request)
