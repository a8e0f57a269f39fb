/** Compares what is stored with what the application knows. */
import type { BucketObject } from './bucket.ts'
import type { ReceiverTable } from './table.ts'

const MAX_NAMED = 5

function name(list: readonly string[]): string {
  return list.slice(0, MAX_NAMED).join(', ') + (list.length > MAX_NAMED ? ' …' : '')
}

/** @returns what is wrong, in sentences */
export function compare(objects: readonly BucketObject[], { rows, counts }: ReceiverTable) {
  const wrong: string[] = []
  const byUpload = new Map<string, ReceiverTable['rows']>()
  for (const row of rows) byUpload.set(row.uploadId, [...(byUpload.get(row.uploadId) ?? []), row])
  const stored = new Map(objects.map((object) => [object.id, object]))

  const without = objects.filter(({ id }) => id === '')
  if (without.length > 0) wrong.push(`${without.length} objects have no upload id`)
  if (stored.size !== objects.length) wrong.push('two objects have the same upload id')
  const lost = [...stored.keys()].filter((id) => !byUpload.has(id))
  if (lost.length > 0) wrong.push(`${lost.length} objects never reached it: ${name(lost)}`)
  const unknown = [...byUpload.keys()].filter((id) => !stored.has(id))
  if (unknown.length > 0) wrong.push(`it knows ${unknown.length} uploads that are not stored`)
  const several = [...byUpload].filter(([, list]) => list.length > 1).map(([id]) => id)
  if (several.length > 0)
    wrong.push(`${several.length} uploads have several events: ${name(several)}`)
  const others = rows.filter(({ type }) => !type.endsWith('.stored'))
  if (others.length > 0) wrong.push(`${others.length} events are not stored: ${others[0]?.type}`)
  const changed = rows.filter(({ uploadId, key, size }) => {
    const object = stored.get(uploadId)
    return object && (object.key !== key || object.size !== size)
  })
  if (changed.length > 0) wrong.push(`${changed.length} rows have another key or size`)
  if (counts.refused > 0) wrong.push(`the kit refused ${counts.refused} webhooks`)
  return wrong
}
