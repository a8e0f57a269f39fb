/**
 * Runs a Dockerfile without Docker: each stage is a folder, `COPY` copies into it, `RUN` runs there in a shell, and the
 * folders that the Dockerfile names (`/app`, `/data`) are folders of the stage. What differs from Docker: the programs are
 * those of this machine, and the user is the one of the tests, which `chown` names instead of `node`.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

interface Instruction {
  name: string
  args: string
}

export interface Stage {
  name: string
  /** Holds the stage's `/`. */
  root: string
  workdir: string
  env: Record<string, string>
  user: string
  volumes: string[]
  command: string[]
  healthcheck: string[]
}

export interface DockerRun {
  /** From the context's root: what `COPY` may read. */
  isInContext(path: string): boolean
  /** Runs instead of a `RUN` that begins so. */
  replace?: Readonly<Record<string, (workdir: string) => void>>
}

/** Of one `RUN`, ms: without a network npm would wait for minutes. */
const RUN_TIMEOUT_MS = 120_000

const ABSOLUTE = /(?<![\w.:/-])\/(app|data)(?=[\s/'"]|$)/g

export function parseDockerfile(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', args = ''] = /^\s*([A-Z]+)\s+(.*)$/.exec(line) ?? []
      if (name === '') throw new Error(`No instruction: ${line}`)
      return { name, args }
    })
}

/** The patterns of a .dockerignore that excludes everything and then admits names at the root. */
export function parseDockerignore(text: string): (path: string) => boolean {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const [first, ...admitted] = lines
  if (first !== '*' || admitted.some((line) => !/^![\w.-]+$/.test(line))) {
    throw new Error('.dockerignore must exclude * and admit names at the root.')
  }
  const names = new Set(admitted.map((line) => line.slice(1)))
  return (path) => names.has(path.replace(/^\.\//, '').split('/')[0] ?? '')
}

function parseExec(args: string): string[] {
  const list: unknown = JSON.parse(args.slice(args.indexOf('[')))
  if (!Array.isArray(list)) throw new Error(`Not the exec form: ${args}`)
  return list.map(String)
}

function parseEnv(args: string): Record<string, string> {
  return Object.fromEntries(
    [...args.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name, value]),
  )
}

/** The folder on this machine for a path of the stage. */
export function placeIn({ root, workdir }: Pick<Stage, 'root' | 'workdir'>, path: string): string {
  return join(root, path.startsWith('/') ? path : join(workdir, path))
}

function copy(stage: Stage, args: string, stages: readonly Stage[], { isInContext }: DockerRun) {
  const [, from] = /^--from=(\S+)\s/.exec(args) ?? []
  const paths = args.replace(/^--\S+\s+/, '').split(/\s+/)
  const target = paths.pop() ?? ''
  const source = from === undefined ? undefined : stages.find(({ name }) => name === from)
  if (from !== undefined && !source) throw new Error(`There is no stage ${from}.`)
  for (const path of paths) {
    if (!source && !isInContext(path)) throw new Error(`.dockerignore excludes ${path}.`)
    const place = source ? placeIn(source, path) : path
    const into = placeIn(
      stage,
      target.endsWith('/') ? join(target, path.split('/').at(-1) ?? '') : target,
    )
    mkdirSync(dirname(into), { recursive: true })
    cpSync(place, into, { recursive: true, verbatimSymlinks: true })
  }
}

function runShell(stage: Stage, command: string): void {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const text = command
    .replace(/chown node:node/g, `chown ${uid}:${gid}`)
    .replace(ABSOLUTE, (path) => placeIn(stage, path))
  const { status, stdout, stderr } = spawnSync('sh', ['-c', text], {
    cwd: placeIn(stage, stage.workdir),
    // The machine's own, because it may say how packages are reached.
    env: { ...process.env, ...stage.env },
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
  })
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${stdout}\n${stderr}`)
}

/** @returns the last stage */
export function runDockerfile(path: string, folder: string, options: DockerRun): Stage {
  const stages: Stage[] = []
  for (const { name, args } of parseDockerfile(readFileSync(path, 'utf8'))) {
    const stage = stages.at(-1)
    if (name === 'ARG' && !stage) continue
    if (name === 'FROM') {
      const own = / AS (\w+)$/.exec(args)?.[1] ?? 'final'
      const root = join(folder, own)
      mkdirSync(root, { recursive: true })
      const empty = {
        user: 'root',
        workdir: '/',
        env: {},
        volumes: [],
        command: [],
        healthcheck: [],
      }
      stages.push({ name: own, root, ...empty })
      continue
    }
    if (!stage) throw new Error(`${name} before FROM.`)
    const replaced = Object.entries(options.replace ?? {}).find(([start]) => args.startsWith(start))
    if (name === 'WORKDIR') {
      stage.workdir = args
      mkdirSync(placeIn(stage, args), { recursive: true })
    } else if (name === 'ENV') Object.assign(stage.env, parseEnv(args))
    else if (name === 'COPY') copy(stage, args, stages, options)
    else if (name === 'RUN' && replaced) replaced[1](placeIn(stage, stage.workdir))
    else if (name === 'RUN') runShell(stage, args)
    else if (name === 'USER') stage.user = args
    else if (name === 'VOLUME') stage.volumes.push(args)
    else if (name === 'CMD') stage.command = parseExec(args)
    else if (name === 'HEALTHCHECK') stage.healthcheck = parseExec(args)
    else if (name !== 'EXPOSE' && name !== 'STOPSIGNAL') throw new Error(`Unknown: ${name}`)
  }
  const last = stages.at(-1)
  if (!last) throw new Error(`${relative('.', path)} has no stage.`)
  return last
}
