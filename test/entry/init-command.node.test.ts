import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from '../../src/entry/config.ts'
import { readEnvironment } from '../../src/entry/env-files.ts'
import { type InitPorts, runInit } from '../../src/entry/init-command.ts'

const FLAGS = [
  ['--bucket', 'my-bucket'],
  ['--region', 'cn-hangzhou'],
  ['--public-url', 'https://uploads.example.com'],
  ['--origin', 'https://www.example.com'],
].flat()
const KEYS = { OSS_ACCESS_KEY_ID: 'LTAI-of-tests', OSS_ACCESS_KEY_SECRET: 'secret-of-tests' }

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-init-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function createPorts(more: Partial<InitPorts> = {}): InitPorts & { printed: string[] } {
  const printed: string[] = []
  return {
    env: KEYS,
    fetch: async () => {
      throw new TypeError('Nothing is asked.')
    },
    print: (text) => void printed.push(text),
    runDoctor: async (args) => ({ output: `doctor ${args.join(' ')}`, exitCode: 0 }),
    printed,
    ...more,
  }
}

async function init(args: readonly string[], more: Partial<InitPorts> = {}) {
  const folder = makeFolder()
  const ports = createPorts(more)
  const exitCode = await runInit(['--folder', folder, ...args], ports)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { folder, read, exitCode, printed: ports.printed.join('') }
}

describe('upcall init', () => {
  it('writes settings that the service takes, for their owner alone', async () => {
    const { folder, printed } = await init(FLAGS)
    const path = join(folder, '.env')
    expect(readConfig(readEnvironment([path], {}))).toMatchObject({
      bucket: 'my-bucket',
      region: 'cn-hangzhou',
      publicUrl: 'https://uploads.example.com',
      allowedOrigins: ['https://www.example.com'],
    })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(printed).toMatch(/\.env \(holds secrets\)[\s\S]*upcall serve --env-file \.env/)
    expect(printed).not.toContain('Fill OSS_ACCESS_KEY_ID')
  })

  it('runs the doctor on what it wrote, unless it is told not to', async () => {
    const { folder, printed } = await init(FLAGS)
    expect(printed).toContain(`doctor --env-file ${join(folder, '.env')}`)
    expect(printed).toContain('Checked now, before the service and the application run')
    expect((await init([...FLAGS, '--no-doctor'])).printed).not.toContain('doctor --env-file /')
  })

  it.each([0, 1])('ends with %d when the doctor does', async (exitCode) => {
    const runDoctor = async () => ({ output: 'report', exitCode })
    expect((await init(FLAGS, { runDoctor })).exitCode).toBe(exitCode)
    expect((await init([...FLAGS, '--no-doctor'], { runDoctor })).exitCode).toBe(0)
  })

  it('ends with 2 when the doctor cannot run, and leaves what it wrote', async () => {
    const runDoctor = async () => Promise.reject(new Error('no network'))
    const { exitCode, folder, printed } = await init(FLAGS, { runDoctor })
    expect(exitCode).toBe(2)
    expect(printed).toContain('The doctor could not run: no network')
    expect(existsSync(join(folder, '.env'))).toBe(true)
  })

  it('takes keys and answers from --env-file; those of the process and flags win', async () => {
    const file = join(makeFolder(), 'old.env')
    writeFileSync(
      file,
      `OSS_BUCKET=of-the-file
OSS_REGION=cn-beijing
UPCALL_PUBLIC_URL=https://u.example.com
UPCALL_ALLOWED_ORIGINS=https://a.example.com,https://b.example.com
OSS_ACCESS_KEY_ID=id-of-the-file
OSS_ACCESS_KEY_SECRET=secret-of-the-file
`,
    )
    const env = { OSS_ACCESS_KEY_ID: 'id-of-the-process' }
    const { folder } = await init(['--env-file', file, '--bucket', 'of-the-flag'], { env })
    expect(readConfig(readEnvironment([join(folder, '.env')], {}))).toMatchObject({
      bucket: 'of-the-flag',
      region: 'cn-beijing',
      publicUrl: 'https://u.example.com',
      allowedOrigins: ['https://a.example.com', 'https://b.example.com'],
      credentials: { accessKeyId: 'id-of-the-process', accessKeySecret: 'secret-of-the-file' },
    })
  })

  it('names a file of --env-file that is not there, and writes nothing', async () => {
    const folder = makeFolder()
    const args = ['--folder', folder, ...FLAGS, '--env-file', join(folder, 'missing.env')]
    await expect(runInit(args, createPorts())).rejects.toThrow('missing.env')
    expect(existsSync(join(folder, '.env'))).toBe(false)
  })

  it('goes to the starters with --template, and asks nothing of a service', async () => {
    await expect(init(['--template', 'rails'])).rejects.toThrow('no starter rails')
  })

  it('makes secrets that differ, each time', async () => {
    const texts = [await init(FLAGS), await init(FLAGS)].map(({ read }) => read('.env'))
    const secrets = texts.flatMap((text) =>
      [...text.matchAll(/^UPCALL_\w*(?:SECRET|TOKEN)=(.+)$/gm)].map(([, secret]) => secret),
    )
    expect(secrets).toHaveLength(6)
    expect(new Set(secrets).size).toBe(6)
  })

  it('asks what no flag says, in order, when there is a terminal', async () => {
    const questions: string[] = []
    const answers = ['my-bucket', 'https://www.example.com, https://admin.example.com']
    const { read } = await init(
      ['--region', 'cn-beijing', '--public-url', 'https://u.example.com'],
      {
        ask: async (question) => {
          questions.push(question)
          return answers[questions.length - 1] ?? ''
        },
      },
    )
    expect(questions).toEqual([
      expect.stringMatching(/^Bucket/),
      expect.stringMatching(/^Origins of your pages/),
    ])
    expect(read('.env')).toContain('OSS_REGION=cn-beijing')
    expect(JSON.parse(read('oss-cors.json')).CORSRule[0].AllowedOrigin).toEqual([
      'https://www.example.com',
      'https://admin.example.com',
    ])
  })

  it('says all that is missing where nobody can be asked', async () => {
    await expect(init(['--bucket', 'my-bucket'])).rejects.toThrow(
      'give --region, --public-url, --origin',
    )
  })

  it('writes nothing that the service would refuse', async () => {
    const folder = makeFolder()
    const args = ['--folder', folder, ...FLAGS, '--webhook', 'http://www.example.com']
    await expect(runInit(args, createPorts())).rejects.toThrow(/UPCALL_WEBHOOK_URL/)
    expect(existsSync(join(folder, '.env'))).toBe(false)
    expect(existsSync(join(folder, 'ram-policy.json'))).toBe(false)
  })

  it('overwrites nothing, not even in part, unless it is told to', async () => {
    const folder = makeFolder()
    const args = ['--folder', folder, ...FLAGS]
    writeFileSync(join(folder, 'oss-cors.xml'), 'mine')
    await expect(runInit(args, createPorts())).rejects.toThrow('There are oss-cors.xml already')
    expect(existsSync(join(folder, '.env'))).toBe(false)
    expect(readFileSync(join(folder, 'oss-cors.xml'), 'utf8')).toBe('mine')
    writeFileSync(join(folder, '.env'), 'old', { mode: 0o644 })
    await runInit([...args, '--force'], createPorts())
    expect(readFileSync(join(folder, 'oss-cors.xml'), 'utf8')).toContain('<CORSRule>')
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600)
  })

  it('for a Worker keeps secrets out of wrangler.toml', async () => {
    const { read, printed } = await init([...FLAGS, '--target', 'worker'])
    const secrets = readEnvironment([], {})
    const [toml, vars] = [read('wrangler.toml'), read('.dev.vars')]
    for (const [, name = '', value = ''] of vars.matchAll(/^(\w+)=(.+)$/gm)) {
      secrets[name] = value
      expect(toml).not.toContain(value)
      expect(toml).toContain(`wrangler secret put ${name}`)
    }
    expect(Object.keys(secrets)).toContain('UPCALL_SECRET')
    expect(printed).toContain('npx wrangler deploy')
  })

  it('gives a webhook its secret', async () => {
    const { folder } = await init([...FLAGS, '--webhook', 'https://www.example.com/hooks'])
    const config = readConfig(readEnvironment([join(folder, '.env')], {}))
    expect(config.webhook).toMatchObject({
      url: 'https://www.example.com/hooks',
      secrets: [expect.stringMatching(/^whsec_/)],
    })
  })

  it('takes the callback key of a local OSS', async () => {
    const asked: string[] = []
    const { folder } = await init(['--local-oss', 'http://127.0.0.1:9000/', ...FLAGS], {
      env: {},
      fetch: async (input) => {
        asked.push(String(input))
        return new Response(PUBLIC_KEY)
      },
    })
    expect(asked).toEqual(['http://127.0.0.1:9000/-/callback_pub_key.pem'])
    expect(readConfig(readEnvironment([join(folder, '.env')], {}))).toMatchObject({
      endpoint: 'http://127.0.0.1:9000',
      callbackKeys: { 'http://127.0.0.1:9000/-/callback_pub_key.pem': PUBLIC_KEY },
    })
  })

  it('says so when there is no local OSS', async () => {
    const args = [...FLAGS, '--local-oss', 'http://127.0.0.1:9']
    await expect(init(args)).rejects.toThrow('start one with upcall emulator')
    const page = { fetch: async () => new Response('<html></html>') }
    await expect(init(args, page)).rejects.toThrow('there is no local OSS at http://127.0.0.1:9')
  })

  it('leaves the keys to be filled in, and says where', async () => {
    const { read, printed } = await init(FLAGS, { env: {} })
    expect(read('.env')).toMatch(/^OSS_ACCESS_KEY_ID=$/m)
    expect(printed).toContain(
      'Fill OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET of that user into .env',
    )
  })

  it('refuses what its options refuse', async () => {
    await expect(init([...FLAGS, '--target', 'edge'])).rejects.toThrow('--target wants')
  })
})

const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKs/JBGzwUB2aVht4crBx3oIPBLNsjGs
C0fTXv+nvlmklvkcolvpvXLTjaxUHR3W9LXxQ2EHXAJfCB+6H2YF1k8CAwEAAQ==
-----END PUBLIC KEY-----
`
