/** Where in the bucket the profiles store, read from their key templates. */
import type { ReadyProfile } from '../signer/profile.ts'
import type { SweepArea } from './delivery/sweep.ts'

/** As `ids.ts` makes them. */
const ID_PATTERN = '([A-Za-z0-9_-]{22})'

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Text and placeholders alternate, beginning with text. An empty `{ext}` takes the dot before it along. */
function buildKeyPattern(pieces: readonly string[]): RegExp {
  let pattern = '^'
  let idGroups = 0
  pieces.forEach((piece, at) => {
    if (at % 2 === 0) {
      const isBeforeExt = pieces[at + 1] === 'ext' && piece.endsWith('.')
      pattern += isBeforeExt ? `${escapePattern(piece.slice(0, -1))}\\.?` : escapePattern(piece)
    } else if (piece === 'id' && idGroups === 0) {
      idGroups += 1
      pattern += ID_PATTERN
    } else pattern += '[^/]*'
  })
  return new RegExp(`${pattern}$`)
}

/** Direct profiles have none: their objects are the business of the application's own server. */
export function listSweepAreas(profiles: Iterable<ReadyProfile>): SweepArea[] {
  return [...profiles]
    .filter(({ direct }) => !direct)
    .map(({ template: { pieces } }) => {
      const [prefix = ''] = pieces
      const hasId = pieces.some((piece, at) => at % 2 === 1 && piece === 'id')
      const pattern = buildKeyPattern(pieces)
      return {
        prefix,
        readId: (key) => (hasId ? pattern.exec(key)?.[1] : undefined),
        isOurs: prefix !== '',
      }
    })
}
