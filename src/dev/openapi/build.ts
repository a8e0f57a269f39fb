/** The document as a file: `npm run build` writes it into `dist/browser`, where the service finds it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildOpenApi } from './document.ts'

/** `/openapi.json`, of the version in package.json. */
export function describeService(): string {
  const path = new URL('../../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(path, 'utf8'))
  return `${JSON.stringify(buildOpenApi(version))}\n`
}

/** @param folder of the browser client */
export function writeOpenApi(folder: string): void {
  writeFileSync(join(folder, 'openapi.json'), describeService())
}

if (import.meta.main) writeOpenApi('dist/browser')
