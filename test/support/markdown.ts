/** Headings, links and blocks of code of a page in Markdown, as GitHub sees them. */
import { readFileSync } from 'node:fs'
import { toAnchor } from '../../src/dev/docs/anchor.ts'

export interface Heading {
  level: number
  text: string
  /** Behind `#` in links to it. */
  anchor: string
}

export interface CodeBlock {
  language: string
  code: string
}

const FENCE = /^```(\S*)[^\n]*\n(.*?)^```$/gms

export function listCodeBlocks(page: string): CodeBlock[] {
  return [...readFileSync(page, 'utf8').matchAll(FENCE)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
}

function readProse(page: string): string {
  return readFileSync(page, 'utf8')
    .replace(FENCE, '')
    .replace(/<!--.*?-->/gs, '')
}

/** In order; the second of one name gets `-1`, and so on. */
export function listHeadings(page: string): Heading[] {
  const seen = new Map<string, number>()
  return [...readProse(page).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks = '', text = '']) => {
    const name = toAnchor(text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return { level: marks.length, text, anchor: count === 0 ? name : `${name}-${count}` }
  })
}

/** Targets of links and pictures, in order, without those in code. */
export function listLinks(page: string): string[] {
  const prose = readProse(page).replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}
