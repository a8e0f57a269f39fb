#!/usr/bin/env node
/**
 * The command `upcall`: the local OSS, the doctor, and what an operator asks a running service. Over 200 lines: the options of the local
 * OSS with their checks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createEmulator } from '../emulator/app.ts'
import type { AccessKey } from '../emulator/auth/access-keys.ts'
import { listen } from '../emulator/listen.ts'
import type { BucketOptions, CorsRule } from '../emulator/storage/bucket.ts'
import { createDiskStorage } from '../emulator/storage/disk-store.ts'
import { createRsaKeyPair, derivePublicKey } from '../protocol/crypto-rsa-private.ts'
import { DOCTOR_HELP, runDoctorCommand } from './doctor/command.ts'
import { OPERATOR_HELP, runOperatorCommand } from './operator-commands.ts'

const HELP = `Usage: upcall emulator [options]

A local OSS: checks signatures (V1 and V4) as the real one does, and fires real callbacks.

  --port <number>            port to listen on                                   (9000; 0 takes a free one)
  --host <address>           address to listen on                                (127.0.0.1)
  --bucket <name>            a bucket; may be given several times                (examplebucket)
  --access-key <id:secret>   a key; may be given several times                   (ak:sk)
  --region <id>              region of the buckets                               (cn-hangzhou)
  --data <folder>            keep objects there; without it they go away at the end
  --cors <origin>            origin whose pages may read responses; may be given several times; * means all
  --callback-key <file>      PEM private key that signs callbacks; made when the file is missing
  --allow-private-callbacks  let callbacks go to 127.0.0.1 and private networks (OSS never does)
  --refuse-unresolvable-callbacks
                             refuse an upload whose callback host has no address (400), instead of a failed callback (203)
  --sts                      serve AssumeRole and AssumeRoleWithOIDC, too: credentials that expire
  --help                     this text
`

class UsageError extends Error {}

const KEY_BITS = 1024
/** The local STS takes any role; this is an example. */
const LOCAL_ROLE_ARN = 'acs:ram::1000000000000000:role/upcall'
const MAX_AGE_SECONDS = 600

function parseAccessKey(text: string): AccessKey {
  const [id = '', secret = '', ...more] = text.split(':')
  if (id === '' || secret === '' || more.length > 0) {
    throw new UsageError(
      '--access-key wants an id and a secret with one colon between, e.g. ak:sk.',
    )
  }
  return { accessKeyId: id, accessKeySecret: secret }
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new UsageError('--port wants a number from 0 to 65535.')
  return port
}

/** The PEM text of the file. A missing file is created, so that the next start has the same key. */
function readCallbackKey(file: string | undefined): string {
  if (file === undefined || !existsSync(file)) {
    const { privateKey } = createRsaKeyPair(KEY_BITS)
    if (file !== undefined) writeFileSync(file, privateKey, { mode: 0o600 })
    return privateKey
  }
  const privateKey = readFileSync(file, 'utf8')
  try {
    derivePublicKey(privateKey)
  } catch {
    throw new UsageError('--callback-key wants a file with an RSA private key as PEM.')
  }
  return privateKey
}

// With port 0 the port is not known yet: then the URL is only a name. The key is served in any case.
function buildKeyUrl(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${name}${port === 0 ? '' : `:${port}`}/-/callback_pub_key.pem`
}

function buildCors(origins: string[]): CorsRule[] {
  if (origins.length === 0) return []
  return [
    {
      allowedOrigins: origins,
      allowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
      allowedHeaders: ['*'],
      exposeHeaders: ['ETag', 'x-oss-request-id', 'x-oss-hash-crc64ecma', 'Content-MD5'],
      maxAgeSeconds: MAX_AGE_SECONDS,
    },
  ]
}

async function runEmulator(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '9000' },
      host: { type: 'string', default: '127.0.0.1' },
      bucket: { type: 'string', multiple: true, default: ['examplebucket'] },
      'access-key': { type: 'string', multiple: true, default: ['ak:sk'] },
      region: { type: 'string', default: 'cn-hangzhou' },
      data: { type: 'string' },
      cors: { type: 'string', multiple: true, default: [] },
      'callback-key': { type: 'string' },
      'allow-private-callbacks': { type: 'boolean', default: false },
      'refuse-unresolvable-callbacks': { type: 'boolean', default: false },
      sts: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const port = parsePort(values.port)
  const accessKeys = values['access-key'].map(parseAccessKey)
  const { region } = values
  const cors = buildCors(values.cors)
  const buckets = values.bucket.map((name): BucketOptions => ({ name, region, cors }))
  const emulator = createEmulator({
    accessKeys,
    buckets,
    sts: values.sts,
    callbackKey: {
      privateKey: readCallbackKey(values['callback-key']),
      publicKeyUrl: buildKeyUrl(values.host, port),
    },
    allowPrivateCallbacks: values['allow-private-callbacks'],
    unconfirmed: {
      unresolvableCallbackHost: values['refuse-unresolvable-callbacks'] ? 'refuse' : 'fail',
    },
    storage: createDiskStorage(values.data === undefined ? {} : { folder: values.data }),
  })
  const server = await listen(emulator, { port, host: values.host })
  printWelcome(server.url, emulator, { accessKeys, buckets, region, sts: values.sts })

  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    server
      .close()
      .then(() => emulator.close())
      .catch((error: unknown) => fail(error))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

function printWelcome(
  url: string,
  emulator: { callbackPublicKey: string; callbackPublicKeyUrl: string },
  facts: { accessKeys: AccessKey[]; buckets: BucketOptions[]; region: string; sts: boolean },
): void {
  const keys = JSON.stringify({ [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey })
  const [key] = facts.accessKeys
  const sts = `\nUPCALL_STS_ENDPOINT=${url}\nALIBABA_CLOUD_ROLE_ARN=${LOCAL_ROLE_ARN}`
  process.stdout.write(`Local OSS at ${url} (also http://<bucket>.localhost:${new URL(url).port})

Environment of a client or a service:
OSS_ENDPOINT=${url}
OSS_BUCKET=${facts.buckets.map(({ name }) => name).join(',')}
OSS_REGION=${facts.region}
OSS_ACCESS_KEY_ID=${key?.accessKeyId}
OSS_ACCESS_KEY_SECRET=${key?.accessKeySecret}${facts.sts ? sts : ''}
UPCALL_CALLBACK_KEYS='${keys}'

Callbacks are verified with this key (${emulator.callbackPublicKeyUrl}):
${emulator.callbackPublicKey}`)
}

function fail(error: unknown): void {
  process.stderr.write(`upcall: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

const [command, ...args] = process.argv.slice(2)
try {
  if (command === 'emulator') await runEmulator(args)
  else if (command === 'dead' || command === 'sweep') {
    process.stdout.write(await runOperatorCommand(command, args, process.env))
  } else if (command === 'doctor') {
    const { output, exitCode } = await runDoctorCommand(args, process.env)
    process.stdout.write(output)
    process.exitCode = exitCode
  } else if (command === undefined || command === '--help' || command === 'help') {
    process.stdout.write(`${HELP}${DOCTOR_HELP}${OPERATOR_HELP}`)
  } else {
    throw new UsageError(
      `There is no command ${command}; try emulator, doctor, dead or sweep with --help.`,
    )
  }
} catch (error) {
  fail(error)
  // 1 says that a check has failed.
  if (command === 'doctor') process.exitCode = 2
}
