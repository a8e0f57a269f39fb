/** Pieces of the document. */

export type Json = { [name: string]: Json } | Json[] | string | number | boolean

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

export const json = (schema: Json): Json => ({ 'application/json': { schema } })
