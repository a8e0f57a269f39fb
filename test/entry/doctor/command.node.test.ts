/** The command as a process: a local OSS, a service and an application on sockets of this machine. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEmulator, startEmulator } from '../../../src/emulator/index.ts'
import { readConfig } from '../../../src/entry/config.ts'
import { runDoctorCommand } from '../../../src/entry/doctor/command.ts'
import { startServer } from '../../../src/entry/node-server.ts'
import { createService } from '../../../src/service/create-service.ts'
import type { Profile } from '../../../src/signer/profile.ts'
import { createReceiver } from '../../../src/webhook/receiver.ts'
import { COMPILE_CACHE } from '../../support/compile-cache.ts'
import { CORS_RULE, ENV } from '../../support/doctor-setup.ts'
import { ACCESS_KEY, JWT_SECRET, PLANTED } from '../../support/keys.ts'
import { SECRET } from '../../support/webhook-samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'upcall-doctor-'))
const stops: (() => unknown)[] = []
let oss: RunningEmulator
let env: Record<string, string>

function writeEnv(name: string, changes: Record<string, string> = {}): string {
  const file = join(folder, name)
  const lines = Object.entries({ ...env, ...changes }).map(([key, value]) => `${key}='${value}'`)
  writeFileSync(file, `# settings\n${lines.join('\n')}\n`)
  return file
}

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** @param own variables of the process beside `PATH` */
function run(args: string[], own: Record<string, string> = {}): Promise<Ended> {
  const options = { env: { ...COMPILE_CACHE, PATH: process.env.PATH ?? '', ...own } }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/entry/cli.ts', 'doctor', ...args],
      options,
      (error, out, err) => {
        resolve({ code: Number(error?.code ?? 0), stdout: out, stderr: err })
      },
    )
  })
}

interface Served {
  url: string
  /** Set once its settings are known: they have the address. */
  service?: ReturnType<typeof createService>
}

async function serveLater(): Promise<Served> {
  const served: Served = { url: '' }
  const port = await new Promise<number>((resolve) => {
    const server = startServer(
      {
        host: '127.0.0.1',
        port: 0,
        fetch: async (request) =>
          served.service?.fetch(request) ?? new Response(null, { status: 503 }),
      },
      resolve,
    )
    stops.push(
      () => server.close(),
      () => server.closeAllConnections(),
    )
  })
  served.url = `http://127.0.0.1:${port}`
  return served
}

beforeAll(async () => {
  oss = await startEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: [
      {
        name: 'examplebucket',
        cors: [CORS_RULE],
        lifecycle: [{ abortMultipartUploadDays: 7 }],
        blockPublicAccess: true,
      },
    ],
  })
  const receiver = createReceiver({
    secrets: [SECRET],
    onEvent: () => undefined,
    onError: () => {},
  })
  const application = createServer((request, response) => void receiver.node(request, response))
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
  const { port: applicationPort } = application.address() as AddressInfo
  const { UPCALL_JWKS_URL: _jwks, UPCALL_BEFORE_URL: _before, ...plain } = ENV
  const { emulator } = oss
  env = {
    ...plain,
    OSS_ENDPOINT: oss.url,
    UPCALL_JWT_SECRET: JWT_SECRET,
    UPCALL_WEBHOOK_URL: `http://127.0.0.1:${applicationPort}/`,
    UPCALL_CALLBACK_KEYS: JSON.stringify({
      [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey,
    }),
  }
  const served = await serveLater()
  env.UPCALL_PUBLIC_URL = served.url
  served.service = createService({ ...readConfig(env), writeLog: () => {} })
  stops.push(
    () => application.close(),
    () => application.closeAllConnections(),
  )
})

afterAll(async () => {
  for (const stop of stops) stop()
  await oss.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Report {
  ok: boolean
  findings: { id: string; state: string; what: string }[]
}

const listStates = ({ findings }: Report, state: string) =>
  findings.filter((finding) => finding.state === state).map(({ id }) => id)

describe('upcall doctor', () => {
  it('ends with 0 where nothing has failed, and says what it found as JSON', async () => {
    const { code, stdout, stderr } = await run(['--env-file', writeEnv('good.env'), '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const report = JSON.parse(stdout) as Report
    expect(report.ok).toBe(true)
    expect(listStates(report, 'fail')).toEqual([])
    // A key of the local OSS may do everything, and the outbox of this service is in memory.
    expect(listStates(report, 'warn')).toEqual([
      'excess.prefix',
      'excess.object-acl',
      'excess.bucket-acl',
      'excess.bucket-cors',
      'excess.delete',
      'delivery.store',
    ])
    expect(listStates(report, 'ok')).toContain('upload.callback')
    expect(oss.emulator.log.callbacks).toMatchObject([{ status: 200, outcome: 'ok' }])
  })

  it('ends with 1 where something has failed, in Chinese by the locale; the environment wins', async () => {
    const file = writeEnv('wrong.env', { OSS_ACCESS_KEY_SECRET: 'PLANTED-never-used' })
    const own = { OSS_ACCESS_KEY_SECRET: 'PLANTED-wrong-secret', LANG: 'zh_CN.UTF-8' }
    const { code, stdout, stderr } = await run(['--env-file', file], own)
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(
      /^失败 {3}oss\.credentials: OSS 拒绝该 AccessKey（SignatureDoesNotMatch/m,
    )
    for (const secret of ['PLANTED-wrong', 'PLANTED-never', ...PLANTED]) {
      expect(stdout).not.toContain(secret)
    }
  })

  it('ends with 2 when it cannot run', async () => {
    const { code, stdout, stderr } = await run(['--verbose'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^upcall: /)
  })

  it.each([
    ['another language', ['--lang', 'fr']],
    ['too many words', ['now']],
    ['a folder instead of a file', ['--env-file', folder]],
  ])('cannot run with %s', async (_, args) => {
    await expect(runDoctorCommand(args, {})).rejects.toThrow()
  })

  // Node itself looks for this option, even after the name of the program, and ends with 9.
  it('checks nothing when the file of the settings is missing', async () => {
    const args = ['--env-file', join(folder, 'none.env')]
    const { code, stdout } = await run(args)
    expect([2, 9]).toContain(code)
    expect(stdout).toBe('')
    await expect(runDoctorCommand(args, {})).rejects.toThrow(
      /--env-file .*none\.env cannot be read \(ENOENT\)/,
    )
  })

  it('says all that is missing when there are no settings', async () => {
    const { code, stdout } = await run(['--lang', 'en'])
    expect(code).toBe(1)
    expect(stdout).toContain('FAIL   settings: OSS_BUCKET is missing')
    expect(stdout).toContain('FAIL   settings: UPCALL_SECRET is missing')
  })

  it('explains itself', async () => {
    const { output, exitCode } = await runDoctorCommand(['--help'], {})
    expect([output.includes('Usage: upcall doctor'), exitCode]).toEqual([true, 0])
  })
})

/** A service inside a program: profiles, users and receiver are code. @returns variables of its environment file */
async function startOwn(profiles: object): Promise<Record<string, string | undefined>> {
  const own = {
    profiles: profiles as Record<string, Profile>,
    authenticate: () => undefined,
    onReceipt: () => undefined,
  }
  const served = await serveLater()
  const { OSS_BUCKET, OSS_REGION, OSS_ENDPOINT, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET } = env
  const { UPCALL_SECRET, UPCALL_CALLBACK_KEYS, UPCALL_ALLOWED_ORIGINS } = env
  const variables = {
    ...{ OSS_BUCKET, OSS_REGION, OSS_ENDPOINT, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET },
    ...{ UPCALL_SECRET, UPCALL_CALLBACK_KEYS, UPCALL_ALLOWED_ORIGINS },
    UPCALL_PUBLIC_URL: `${served.url}/api/files`,
  }
  served.service = createService({ ...readConfig(variables, { own }), writeLog: () => {} })
  return variables
}

describe('upcall doctor --profiles', () => {
  const PHOTOS = { photos: { key: 'photos/{sub}/{id}', types: ['image/*'], maxSize: 1000 } }

  it('checks a service inside a program, with an upload and its callback', async () => {
    const variables = await startOwn(PHOTOS)
    const file = join(folder, 'profiles.ts')
    writeFileSync(file, `export const profiles: object = ${JSON.stringify(PHOTOS)}\n`)
    const { code, stdout, stderr } = await run(['--profiles', file, '--json'], {
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? ''])),
    })
    expect([code, stderr]).toEqual([0, ''])
    const report = JSON.parse(stdout) as Report
    expect(listStates(report, 'fail')).toEqual([])
    expect(listStates(report, 'ok')).toEqual(
      expect.arrayContaining(['settings', 'cors.bucket', 'public.callback', 'upload.callback']),
    )
  })

  it('finds a profile that cannot be used, and needs no variable of users or receiver', async () => {
    const file = join(folder, 'wrong.json')
    writeFileSync(file, '{"photos":{"key":"photos/{id}","types":[],"maxSize":1000}}')
    const { code, stdout } = await run(['--profiles', file, '--json'])
    expect(code).toBe(1)
    const { findings } = JSON.parse(stdout) as Report
    const whats = findings.map(({ what }) => JSON.stringify(what)).join('\n')
    expect(whats).toContain('OSS_BUCKET is missing')
    expect(whats).not.toMatch(/UPCALL_PROFILES is missing|UPCALL_JWT_|UPCALL_WEBHOOK_URL/)
    expect(whats).toContain('photos')
  })

  it('ends with 2 when there is no such file', async () => {
    const { code, stdout, stderr } = await run(['--profiles', join(folder, 'none.ts')])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^upcall: --profiles .*none\.ts cannot be read/)
  })
})
