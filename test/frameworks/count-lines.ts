/** The programs of docs/examples/comparison: the same task by several products; how many lines each needs. */
import { readFileSync } from 'node:fs'

export const PROGRAMS = 'docs/examples/comparison'

export interface Product {
  name: string
  /** In docs/examples/comparison. */
  folder: string
  packages: readonly string[]
  /** Who tells the server that the photo is stored. */
  toldBy: string
}

export const PRODUCTS: readonly Product[] = [
  { name: 'Upcall', folder: 'upcall', packages: ['oss-upcall'], toldBy: 'OSS, signed' },
  {
    name: 'UploadThing',
    folder: 'uploadthing',
    packages: ['uploadthing', '@uploadthing/react'],
    toldBy: 'UploadThing, signed',
  },
  {
    name: 'better-upload, S3',
    folder: 'better-upload',
    packages: ['better-upload', '@aws-sdk/client-s3'],
    toldBy: 'the page',
  },
  {
    name: 'Uppy, S3',
    folder: 'uppy-s3',
    packages: ['@uppy/core', '@uppy/aws-s3', '@aws-sdk/client-s3'],
    toldBy: 'the page',
  },
  {
    name: 'Vercel Blob',
    folder: 'vercel-blob',
    packages: ['@vercel/blob'],
    toldBy: 'Vercel, signed',
  },
]

/** Neither blank nor a comment. Imports count. */
function count(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => !/^\s*(?:\/\/.*)?$/.test(line)).length
}

export function countLines({ folder }: Product): { server: number; page: number; all: number } {
  const server = count(`${PROGRAMS}/${folder}/server.ts`)
  const page = count(`${PROGRAMS}/${folder}/page.tsx`)
  return { server, page, all: server + page }
}

export function buildLinesTable(readVersion: (name: string) => string): string {
  const rows = PRODUCTS.map((product) => {
    const { server, page, all } = countLines(product)
    const packages = product.packages.map((name) => `${name} ${readVersion(name)}`.trim())
    return `| ${product.name} | ${server} | ${page} | **${all}** | ${product.toldBy} | ${packages.join(', ')} |`
  })
  return [
    '| | Server | Page | In all | Who tells the server | Packages |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
