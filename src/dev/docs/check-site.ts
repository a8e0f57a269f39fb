/** Every link of the built site, in the HTML that a browser gets. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

const ATTRIBUTE = /\s(?:href|src)="([^"]*)"/g
const ID = /\sid="([^"]*)"/g

/** The file that a server gives for a path without `.html`. */
function findFile(folder: string, path: string): string | undefined {
  const names = [path, `${path}.html`, posix.join(path, 'index.html')]
  return names
    .map((name) => join(folder, name))
    .find((file) => /\.\w+$/.test(file) && existsSync(file))
}

/**
 * `page → target` of each link that leads nowhere, within the site.
 *
 * @throws {Error} when there is no page in the folder
 */
export function findBrokenLinks(folder: string): string[] {
  const ids = new Map<string, Set<string>>()
  const readIds = (file: string): Set<string> => {
    const known = ids.get(file)
    if (known) return known
    const read = new Set([...readFileSync(file, 'utf8').matchAll(ID)].map(([, id = '']) => id))
    ids.set(file, read)
    return read
  }
  const pages = globSync('**/*.html', { cwd: folder })
  if (pages.length === 0) throw new Error(`There is no page in ${folder}.`)
  return pages.flatMap((page) => {
    const html = readFileSync(join(folder, page), 'utf8')
    const targets = new Set([...html.matchAll(ATTRIBUTE)].map(([, target = '']) => target))
    return [...targets].flatMap((target) => {
      if (target === '' || /^(?:[a-z]+:|\/\/)/.test(target)) return []
      const [path = '', anchor] = decodeURI(target).replaceAll('&amp;', '&').split('#')
      const from = path.startsWith('/') ? '' : posix.dirname(page.replaceAll('\\', '/'))
      const file = path === '' ? join(folder, page) : findFile(folder, posix.join(from, path))
      const isThere = file && (anchor === undefined || anchor === '' || readIds(file).has(anchor))
      return isThere ? [] : [`${page} → ${target}`]
    })
  })
}
