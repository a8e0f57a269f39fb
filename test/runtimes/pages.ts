/** The code blocks of `docs/deploy/*.md`: what readers copy is what the tests run. */
import { globSync, readFileSync } from 'node:fs'

export interface Block {
  page: string
  language: string
  /** Of the first line, where it is a comment that names a file. */
  file: string | undefined
  code: string
}

const BLOCK = /^```(\w+)\n(.*?)^```$/gms
const FILE = /^(?:\/\/|#) (\S+\.\w+)/

export function listBlocks(page: string): Block[] {
  return [...readFileSync(page, 'utf8').matchAll(BLOCK)].map(([, language = '', code = '']) => {
    return { page, language, file: FILE.exec(code)?.[1], code }
  })
}

export function listPages(): string[] {
  return globSync('docs/deploy/*.md').sort()
}

/** @throws {Error} when the page has no such program */
export function readProgram(page: string, file: string): string {
  const block = listBlocks(`docs/deploy/${page}`).find((candidate) => candidate.file === file)
  if (!block) throw new Error(`docs/deploy/${page} has no program ${file}.`)
  return block.code
}
