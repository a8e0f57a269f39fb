/**
 * Checks type and size of a file against the profile. A refusal names what was seen and what is allowed.
 */
import { UploadRefused } from './errors.ts'
import type { MediaType } from './media-type.ts'
import type { ReadyProfile } from './profile.ts'
import { formatSizes } from './size-text.ts'

/** Allowed types that a refusal names. */
const MAX_NAMED_TYPES = 10

/**
 * @param declared as the page sent it; '' when nothing told the type
 * @throws {UploadRefused} `TYPE_REFUSED`
 */
export function checkType(
  { name, types, accepts }: ReadyProfile,
  declared: string,
  { essence }: MediaType,
): void {
  if (accepts(essence)) return
  const own =
    declared === '' ? 'Nothing tells the type of this file' : `The type of this file is ${essence}`
  const isOpen = types.some((type) => type === '*' || type === '*/*')
  const more = types.length - MAX_NAMED_TYPES
  const named = types.slice(0, MAX_NAMED_TYPES).join(', ') + (more > 0 ? ` and ${more} more` : '')
  throw new UploadRefused(
    'TYPE_REFUSED',
    isOpen
      ? `${own}; browsers run such files, so that the profile ${name} must name the type exactly.`
      : `${own}; the profile ${name} allows ${named}.`,
  )
}

/** @throws {UploadRefused} `FILE_TOO_LARGE`, `FILE_TOO_SMALL` */
export function checkSize({ minSize, maxSize }: ReadyProfile, size: number): void {
  if (size > maxSize) {
    const [own, most] = formatSizes(size, maxSize)
    throw new UploadRefused('FILE_TOO_LARGE', `The file has ${own}; the limit is ${most}.`)
  }
  if (size < minSize) {
    const [own, least] = formatSizes(size, minSize)
    throw new UploadRefused(
      'FILE_TOO_SMALL',
      `The file has ${own}; it must have at least ${least}.`,
    )
  }
}
