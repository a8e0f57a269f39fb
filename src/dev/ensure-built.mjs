/**
 * Before `npm start`: builds `dist` where there is none. Plain JavaScript, because a server may run Node 20 and have
 * none of the tools: then it says what to do.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const exists = (path) => existsSync(new URL(path, new URL('../../', import.meta.url)))

if (!exists('dist/src/entry/node.js')) {
  if (!exists('node_modules/typescript')) {
    console.error('dist is missing, and so are the tools that build it: npm ci && npm run build')
    process.exit(1)
  }
  console.error('dist is missing: npm run build')
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  process.exit(status ?? 1)
}
