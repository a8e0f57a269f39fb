/** Writes `dist/browser/openapi.json`, where the service finds it. Part of `npm run build`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { buildOpenApi } from './document.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const document = buildOpenApi(version)
writeFileSync('dist/browser/openapi.json', `${JSON.stringify(document)}\n`)
