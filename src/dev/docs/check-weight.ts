/** What keeps a phone from using a page of the built site as soon as it is shown. Lighthouse measures it; this names the cause. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Bytes of a page's script for the first load, which has no static text in it: 0.5 to 1.3 kB. More means that Vue has to
 * go through the article element by element, because something in its Markdown is no plain HTML.
 */
const MAX_FIRST_SCRIPT_BYTES = 4096

/** What is wrong with a page whose HTML matches. */
const FAULTS: readonly (readonly [string, (html: string) => boolean])[] = [
  ['loads a font before it is laid out', (html) => /<link[^>]+as="font"/.test(html)],
  ['loads the search before someone searches', (html) => /<link[^>]+local-?search/i.test(html)],
  [
    "has VitePress's sidebar, with two components for each link, not sidebar-group.vue",
    (html) => html.includes('id="VPSidebarNav"') && !html.includes('class="sidebar-group"'),
  ],
]

/**
 * `page: fault` of each page, and of each script of a page.
 *
 * @throws {Error} when there is no page, or no script of a page, in the folder
 */
export function findHeavyPages(folder: string): string[] {
  const pages = globSync('**/*.html', { cwd: folder }).sort()
  const scripts = globSync('assets/*.lean.js', { cwd: folder }).sort()
  if (pages.length === 0 || scripts.length === 0) throw new Error(`There is no page in ${folder}.`)
  const heavy = pages.flatMap((page) => {
    const html = readFileSync(join(folder, page), 'utf8')
    return FAULTS.filter(([, isIn]) => isIn(html)).map(([fault]) => `${page}: ${fault}`)
  })
  for (const script of scripts) {
    const { size } = statSync(join(folder, script))
    if (size > MAX_FIRST_SCRIPT_BYTES)
      heavy.push(
        `${script}: ${size} bytes, more than ${MAX_FIRST_SCRIPT_BYTES}: its article is not static`,
      )
  }
  return heavy
}
