/**
 * What the private Redis and PostgreSQL of the tests share: finding a binary, installing it on a Debian as root (once,
 * without starting the package's own service), waiting until a server accepts connections.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Where a package of this engine puts its binaries besides the PATH; the newest version first. */
function listExtraFolders(): string[] {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base) : []
  const sorted = versions.sort((a, b) => Number(b) - Number(a))
  return [...sorted.map((version) => join(base, version, 'bin')), '/usr/sbin', '/usr/local/sbin']
}

function findBinary(names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...listExtraFolders()]
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (folder && existsSync(path)) return path
    }
  }
  return undefined
}

/**
 * `policy-rc.d` with exit status 101 forbids a package to start its service while it is installed; `flock` lets two
 * test files that need the same package wait for each other.
 *
 * @see https://www.debian.org/doc/debian-policy/ch-opersys.html#interfacing-with-init-systems
 */
const INSTALL = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
command -v "$1" > /dev/null || ls /usr/lib/postgresql/*/bin/"$1" > /dev/null 2>&1 || {
  shift
  apt-get update -q
  for package in "$@"; do
    apt-get install -y -q --no-install-recommends "$package" && exit 0
  done
  exit 1
}
`

function install(binary: string, packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('It is installed by itself only on a Debian, as root.')
  }
  console.error(`No ${binary} found; installing it for the tests (once) …`)
  const lock = join(tmpdir(), 'oss-upcall-test-install.lock')
  execFileSync('flock', [lock, 'sh', '-c', INSTALL, 'install', binary, ...packages], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}

/**
 * The path of an engine's server binary.
 *
 * @param names of the binary, the preferred name first
 * @param packages of Debian that contain it, tried in this order
 * @throws when it is not there and cannot be installed, saying what to install
 */
export function findEngine(names: readonly [string, ...string[]], packages: string[]): string {
  const found = findBinary(names)
  if (found) return found
  const advice = `The tests need ${names.join(' or ')}, and it could not be installed. Install it (Debian: \`apt-get install ${packages[0]}\`) or put it on the PATH.`
  try {
    install(names[0], packages)
  } catch (cause) {
    throw new Error(advice, { cause })
  }
  const installed = findBinary(names)
  if (!installed) throw new Error(advice)
  return installed
}

/** Asks until `isReady` says true. @throws after `limitMs`, with what `explain` returns */
export async function waitUntilReady(
  isReady: () => Promise<boolean>,
  explain: () => string,
  limitMs = 30_000,
): Promise<void> {
  const until = Date.now() + limitMs
  while (!(await isReady())) {
    if (Date.now() > until) throw new Error(explain())
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
