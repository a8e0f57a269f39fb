/**
 * `npm run test:image`: the steps of the Dockerfile, then what comes out in a root of its own, as a container has it. The
 * root is read-only, and holds nothing but Node, the shared libraries that it loads and `/app`; mounts, process ids and
 * host name are its own; the user is 1000 without capabilities; `/data` alone can be written. A file goes through it to a
 * local OSS, its callback arrives, HEALTHCHECK passes, SIGTERM ends it with 0. Wants Linux and bubblewrap.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { findPort } from '../../src/dev/find-port.ts'
import { createEmulator } from '../../src/emulator/app.ts'
import { listen } from '../../src/emulator/listen.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { parseDockerignore, placeIn, runDockerfile, type Stage } from '../support/dockerfile.ts'
import { changeEnvironment } from '../support/environment.ts'
import { ACCESS_KEY } from '../support/keys.ts'

const NODE_FOLDER = '/usr/local/bin'
const ORIGIN = 'https://www.example.com'
const TEXT = 'From a container: 世界'

/** Its whole path: the variable PATH is that of the container. */
function findBubblewrap(): string {
  const { stdout } = spawnSync('sh', ['-c', 'command -v bwrap'], { encoding: 'utf8' })
  if (stdout !== '') return stdout.trim()
  console.error('test:image needs bubblewrap: apt-get install bubblewrap.')
  process.exit(1)
}

const BUBBLEWRAP = findBubblewrap()

interface Root {
  image: Stage
  root: string
  /** The volume. */
  data: string
}

function check(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`Not so: ${what}`)
  console.log(`  ✓ ${what}`)
}

/** Node, and the shared libraries that the loader names for it. */
function copyNode(root: string): void {
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' })
  for (const [, path = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  mkdirSync(join(root, NODE_FOLDER), { recursive: true })
  copyFileSync(process.execPath, join(root, NODE_FOLDER, 'node'))
}

function buildRoot(folder: string): Root {
  const image = runDockerfile('Dockerfile', join(folder, 'stages'), {
    isInContext: parseDockerignore(readFileSync('.dockerignore', 'utf8')),
    // `npm ci` of the build stage is the one that this checkout began with.
    replace: {
      'npm ci --ignore-scripts': (workdir) =>
        symlinkSync(resolve('node_modules'), join(workdir, 'node_modules')),
    },
  })
  const root = join(folder, 'root')
  for (const name of ['data', 'proc', 'dev']) mkdirSync(join(root, name), { recursive: true })
  copyNode(root)
  cpSync(placeIn(image, '/app'), join(root, 'app'), { recursive: true, verbatimSymlinks: true })
  const data = join(folder, 'volume')
  mkdirSync(data)
  return { image, root, data }
}

/** `docker run --read-only --cap-drop ALL --network host`, by bubblewrap. */
function listRunArguments({ image, root, data }: Root, command: readonly string[]): string[] {
  const mounts = [
    '--ro-bind',
    root,
    '/',
    '--bind',
    data,
    '/data',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
  ]
  const own = ['--unshare-all', '--share-net', '--die-with-parent', '--cap-drop', 'ALL']
  const user = ['--unshare-user', '--uid', '1000', '--gid', '1000', '--hostname', 'container']
  return [...mounts, ...own, ...user, '--chdir', image.workdir, ...command]
}

function runInside(root: Root, code: string, env: Record<string, string> = {}) {
  const args = listRunArguments(root, ['node', '--eval', code])
  return spawnSync(BUBBLEWRAP, args, { encoding: 'utf8', env: { PATH: NODE_FOLDER, ...env } })
}

function checkRoot(root: Root): void {
  const look = `process.stdout.write(JSON.stringify({ uid: process.getuid(), top: fs.readdirSync('/').sort(),
    caps: /CapEff:\\s*(\\S+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] }))`
  const { uid, top, caps } = JSON.parse(runInside(root, look).stdout)
  check(uid === 1000, 'the user is 1000')
  check(/^0+$/.test(caps), 'it has no capability')
  check(
    !/\b(?:bin|etc|home|root|tmp|var)\b/.test(top.join(' ')),
    `in / are ${top.join(', ')} alone`,
  )
  const write = (path: string) => runInside(root, `fs.writeFileSync('${path}', 'x')`).stderr
  for (const path of ['/app/x', '/x', '/usr/x']) {
    check(write(path).includes('EROFS'), `${path} cannot be written`)
  }
}

async function sendFile(service: string): Promise<Response> {
  const bytes = new TextEncoder().encode(TEXT)
  const body = { profile: 'anything', name: '文件.txt', type: 'text/plain', size: bytes.length }
  const response = await fetch(`${service}/uploads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await createBearer({ now: new Date() })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  const ticket: FormTicket = await response.json()
  const form = new FormData()
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value)
  form.append('file', new Blob([bytes]))
  return fetch(ticket.url, { method: 'POST', body: form, headers: { origin: ORIGIN } })
}

/** The program of HEALTHCHECK is `node`, first on PATH inside. */
function askHealth(root: Root, port: number): number | null {
  const args = listRunArguments(root, root.image.healthcheck)
  return spawnSync(BUBBLEWRAP, args, { env: { PATH: NODE_FOLDER, PORT: String(port) } }).status
}

async function runService(root: Root): Promise<void> {
  const emulator = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: [{ name: 'examplebucket', region: 'cn-hangzhou', cors: [] }],
    allowPrivateCallbacks: true,
  })
  const oss = await listen(emulator, { port: 0, host: '127.0.0.1' })
  const port = await findPort()
  const service = `http://127.0.0.1:${port}`
  const profiles = { anything: { key: 'anything/{sub}/{id}.{ext}', types: ['*'], maxSize: 1000 } }
  const child = spawn(BUBBLEWRAP, listRunArguments(root, root.image.command), {
    env: {
      ...root.image.env,
      ...changeEnvironment({ UPCALL_PROFILES: JSON.stringify(profiles) }),
      PATH: NODE_FOLDER,
      HOST: '127.0.0.1',
      PORT: String(port),
      OSS_ENDPOINT: oss.url,
      UPCALL_PUBLIC_URL: service,
      UPCALL_CALLBACK_KEYS: JSON.stringify({
        [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey,
      }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  try {
    await Promise.race([once(child.stdout, 'data'), exit])
    check(askHealth(root, port) === 0, 'HEALTHCHECK passes')
    const response = await sendFile(service)
    const receipt = await response.json()
    check(
      response.status === 200 && receipt.size === new TextEncoder().encode(TEXT).length,
      'a file is stored, its callback responds',
    )
    check(readdirSync(root.data).includes('outbox.sqlite'), 'its receipt is on the volume')
    // PID 1 of the container is what a runtime signals; bubblewrap passes nothing on.
    const inside = execFileSync('pgrep', ['--parent', String(child.pid)], { encoding: 'utf8' })
    const [init = ''] = inside.trim().split('\n')
    const node = execFileSync('pgrep', ['--parent', init], { encoding: 'utf8' }).trim()
    process.kill(Number(node), 'SIGTERM')
    const [code] = await exit
    check(code === 0, 'SIGTERM ends it with 0')
    check(askHealth(root, port) !== 0, 'HEALTHCHECK fails then')
  } finally {
    child.kill('SIGKILL')
    await oss.close()
    await emulator.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'upcall-image-'))
try {
  const root = buildRoot(folder)
  checkRoot(root)
  await runService(root)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
