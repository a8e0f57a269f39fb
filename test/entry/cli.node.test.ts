import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAssumeRole } from '../../src/credentials/sts.ts'
import { encodeCallback, presign } from '../../src/protocol/index.ts'

interface Run {
  child: ChildProcess
  /** What was printed until the first empty line after the key, or until the end. */
  output: Promise<string>
  exit: Promise<{ code: number | null; errors: string }>
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, ['src/entry/cli.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [printed, errors] = ['', '']
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  const exit = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('exit', (code) => resolve({ code, errors }))
  })
  const output = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      printed += chunk
      if (/-----END PUBLIC KEY-----\n$/.test(printed)) resolve(printed)
    })
    child.on('exit', () => resolve(printed))
  })
  return { child, output, exit }
}

function readLine(output: string, name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(output)?.[1] ?? ''
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function sign(output: string, method: string, key: string, query = {}): string {
  return presign(
    {
      method,
      key,
      query,
      bucket: readLine(output, 'OSS_BUCKET'),
      region: readLine(output, 'OSS_REGION'),
      endpoint: readLine(output, 'OSS_ENDPOINT'),
    },
    {
      credentials: {
        accessKeyId: readLine(output, 'OSS_ACCESS_KEY_ID'),
        accessKeySecret: readLine(output, 'OSS_ACCESS_KEY_SECRET'),
      },
      now: new Date(),
      expiresInSeconds: 60,
    },
  ).url
}

describe('upcall emulator', () => {
  it('prints all that a client needs, keeps its data and its key, and loses nothing to SIGTERM', async () => {
    const folder = makeFolder()
    const args = [
      'emulator',
      '--port',
      '0',
      '--bucket',
      'photos',
      '--access-key',
      'id1:secret1',
      '--region',
      'cn-beijing',
      '--data',
      join(folder, 'data'),
      '--callback-key',
      join(folder, 'key.pem'),
      '--cors',
      'https://a.example',
    ]
    const first = run(...args)
    const output = await first.output
    expect(readLine(output, 'OSS_BUCKET')).toBe('photos')
    const put = await fetch(sign(output, 'PUT', 'a/中.txt'), {
      method: 'PUT',
      body: new Uint8Array(1000),
    })
    expect(put.status).toBe(200)
    first.child.kill('SIGTERM')
    expect(await first.exit).toEqual({ code: 0, errors: '' })
    expect(readFileSync(join(folder, 'key.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY')

    const second = run(...args)
    const again = await second.output
    const got = await fetch(sign(again, 'GET', 'a/中.txt'), {
      headers: { origin: 'https://a.example' },
    })
    expect((await got.arrayBuffer()).byteLength).toBe(1000)
    expect(got.headers.get('access-control-allow-origin')).toBe('https://a.example')
    const keyOf = (text: string) => readLine(text, 'UPCALL_CALLBACK_KEYS')
    expect(keyOf(again)).toBe(keyOf(output))
    const keys = JSON.parse(keyOf(again).slice(1, -1)) as Record<string, string>
    const served = await fetch(`${readLine(again, 'OSS_ENDPOINT')}/-/callback_pub_key.pem`)
    expect(Object.values(keys)).toEqual([await served.text()])
    second.child.kill('SIGINT')
    expect((await second.exit).code).toBe(0)
  })

  it('with --sts prints where a role can be assumed, and serves it', async () => {
    const { output } = run('emulator', '--port', '0', '--sts')
    const text = await output
    const stsEndpoint = readLine(text, 'UPCALL_STS_ENDPOINT')
    expect(stsEndpoint).toBe(readLine(text, 'OSS_ENDPOINT'))
    const roleArn = readLine(text, 'ALIBABA_CLOUD_ROLE_ARN')
    const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
    const issued = await createAssumeRole({ roleArn, stsEndpoint, credentials })()
    expect(issued.accessKeyId).toMatch(/^STS\./)
  })

  it('lets a running upload end before it exits', async () => {
    const { child, output, exit } = run('emulator', '--port', '0', '--data', makeFolder())
    const url = sign(await output, 'PUT', 'slow')
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-length': 20, expect: '100-continue' }
      const sent = request(url, { method: 'PUT', headers }, (response) => {
        resolve(response.resume().statusCode)
      })
      sent.on('error', reject)
      // "Continue" means that the upload has begun.
      sent.on('continue', () => {
        sent.write(new Uint8Array(10))
        child.kill('SIGTERM')
        setTimeout(() => sent.end(new Uint8Array(10)), 100)
      })
      sent.flushHeaders()
    })
    expect(status).toBe(200)
    expect((await exit).code).toBe(0)
  })

  it.each([
    [[], 203, 'CallbackFailed'],
    [['--refuse-unresolvable-callbacks'], 400, 'InvalidArgument'],
  ] as const)(
    'with %j: an upload whose callback host has no address ends with %i',
    async (args, status, code) => {
      const { output } = run('emulator', '--port', '0', ...args)
      const { callback } = encodeCallback({ url: 'http://nowhere.invalid/', body: 'a=1' })
      const response = await fetch(sign(await output, 'PUT', 'a', { callback }), {
        method: 'PUT',
        body: new Uint8Array(1),
      })
      expect([response.status, (await response.text()).includes(`<Code>${code}<`)]).toEqual([
        status,
        true,
      ])
    },
  )

  it('helps', async () => {
    const runs = [['--help'], ['-h'], ['emulator', '--help'], []].map((args) => run(...args))
    for (const { output, exit } of runs) {
      expect(await output).toContain('Usage: upcall emulator')
      expect((await exit).code).toBe(0)
    }
  })

  it.each([
    [['server'], 'There is no command server; try emulator, init, doctor, serve, put, dead, sweep'],
    [['emulator', '--port', '70000'], '--port wants a number'],
    [['emulator', '--access-key', 'ak'], '--access-key wants an id and a secret'],
    [['emulator', '--bucket', 'A_b'], 'is no bucket name'],
    [['emulator', '--what'], '--what'],
    [['serve'], 'upcall serve --env-file .env; upcall init writes one'],
    [['emulator', '--callback-key', 'package.json'], '--callback-key wants a file'],
    [['emulator', '--port', '0', '--data', 'package.json'], 'package.json'],
  ])('%j prints an error without a stack and exits with 1', async (args, message) => {
    const { exit } = run(...args)
    const { code, errors } = await exit
    expect(code).toBe(1)
    expect(errors).toContain(message)
    expect(errors).not.toContain('    at ')
    expect(existsSync('package.json')).toBe(true)
  })
})
