/** The demo page's HTML: its texts are filled in here, so that nothing moves when the script comes. */
import { readFile } from 'node:fs/promises'
import { chooseLanguage, findText } from '../../client/demo/texts.ts'

const PAGE_FOLDER = new URL('../../client/demo/', import.meta.url)

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** @param wanted of the address; else by what the browser accepts */
export async function buildDemoPage(
  wanted: string | undefined,
  accepted: string | undefined,
): Promise<string> {
  const language = chooseLanguage(wanted ?? accepted ?? '')
  const html = await readFile(new URL('index.html', PAGE_FOLDER), 'utf8')
  return html
    .replace('<html lang="en"', `<html lang="${language}"`)
    .replace(/data-text="(\w+)"([^>]*)>[^<]*/g, (_, name, others) => {
      return `data-text="${name}"${others}>${escapeHtml(findText(language, name))}`
    })
    .replace(/data-label="(\w+)"/g, (whole, name) => {
      return `${whole} aria-label="${escapeHtml(findText(language, name))}"`
    })
}

/** Import in the repository → what users write. */
const PACKAGE_NAMES: Readonly<Record<string, string>> = {
  '../../index.ts': 'oss-upcall/client',
  '../../element.ts': 'oss-upcall/client/element',
  '../../uppy.ts': 'oss-upcall/client/uppy',
  '../../react.ts': 'oss-upcall/react',
}

const WAYS: Readonly<Record<string, string>> = {
  plain: 'plain.ts',
  element: 'element.ts',
  uppy: 'uppy.ts',
  react: 'react.tsx',
}

/** The sources of the four ways, as they run in the page; only the names of the package are those that users import. */
export async function readWays(): Promise<Record<string, string>> {
  const entries = Object.entries(WAYS).map(async ([name, file]) => {
    const source = await readFile(new URL(`ways/${file}`, PAGE_FOLDER), 'utf8')
    const code = source.replace(/'((?:\.\.\/)+\w+\.ts)'/g, (_, path: string) => {
      return `'${PACKAGE_NAMES[path] ?? path}'`
    })
    return [name, code.trimEnd()]
  })
  return Object.fromEntries(await Promise.all(entries))
}
