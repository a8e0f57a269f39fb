/**
 * How fast the local OSS takes bytes, as a ratio to a bare Node server that writes the body to disk and hashes it
 * with MD5. Each runs in its own process, one after the other, several times.
 * Run: `node test/emulator/throughput.bench.ts [MiB]`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '../../src/emulator/app.ts'
import { listen } from '../../src/emulator/listen.ts'
import { createDiskStorage } from '../../src/emulator/storage/disk-store.ts'
import { presign } from '../../src/protocol/index.ts'

const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const ROUNDS = 3
const SMALL_PUTS = 4000
const SMALL_BYTES = 1024
const IN_FLIGHT = 32

async function serveBare(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-bare-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  let count = 0
  const server = createServer((incoming, outgoing) => {
    count += 1
    const md5 = createHash('md5')
    const file = createWriteStream(join(folder, String(count % 1000)))
    incoming.on('data', (chunk) => md5.update(chunk))
    incoming.pipe(file).on('finish', () => outgoing.end(md5.digest('hex')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function serveLocal(): Promise<number> {
  const storage = createDiskStorage()
  const emulator = createEmulator({ accessKeys: [credentials], buckets: ['bench'], storage })
  process.on('exit', () => void emulator.close())
  return (await listen(emulator, { port: 0 })).port
}

function readRss(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
}

const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT })

function put(url: string, size: number, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': size }
    const sent = request(url, { method: 'PUT', headers, agent }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`status ${response.statusCode}`))
      })
    })
    sent.on('error', reject)
    let left = size
    const write = () => {
      while (left > 0) {
        const piece = left < chunk.length ? chunk.subarray(0, left) : chunk
        left -= piece.length
        if (!sent.write(piece)) {
          sent.once('drain', write)
          return
        }
      }
      sent.end()
    }
    write()
  })
}

async function measure(child: ChildProcess, port: number, mebibytes: number) {
  const urlOf = (key: string) =>
    presign(
      {
        method: 'PUT',
        bucket: 'bench',
        key,
        region: 'cn-hangzhou',
        endpoint: `http://127.0.0.1:${port}`,
      },
      { credentials, now: new Date(), expiresInSeconds: 600 },
    ).url
  const small = randomBytes(SMALL_BYTES)
  const urls = Array.from({ length: SMALL_PUTS }, (_, at) => urlOf(`small/${at}`))
  const smallStart = performance.now()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let url = urls.pop(); url; url = urls.pop()) await put(url, SMALL_BYTES, small)
    }),
  )
  const smallPerSecond = SMALL_PUTS / ((performance.now() - smallStart) / 1000)
  const before = readRss(child.pid, 'VmRSS')
  const start = performance.now()
  await put(urlOf('large'), mebibytes * 1024 * 1024, randomBytes(256 * 1024))
  const seconds = (performance.now() - start) / 1000
  return {
    mibPerSecond: mebibytes / seconds,
    smallPerSecond,
    grownMib: readRss(child.pid, 'VmHWM') - before,
  }
}

async function run(role: string, mebibytes: number) {
  const child = fork(fileURLToPath(import.meta.url), [role])
  const port = await new Promise<number>((resolve) =>
    child.once('message', (value) => resolve(Number(value))),
  )
  try {
    return await measure(child, port, mebibytes)
  } finally {
    child.disconnect()
    await new Promise((resolve) => child.once('exit', resolve))
  }
}

const [role = '1024'] = process.argv.slice(2)
if (role === 'bare' || role === 'local') {
  process.on('disconnect', () => process.exit())
  process.send?.(await (role === 'bare' ? serveBare() : serveLocal()))
} else {
  const best = { large: 0, small: 0 }
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await run('bare', Number(role))
    const local = await run('local', Number(role))
    const [large, small] = [
      local.mibPerSecond / bare.mibPerSecond,
      local.smallPerSecond / bare.smallPerSecond,
    ]
    best.large = Math.max(best.large, large)
    best.small = Math.max(best.small, small)
    const print = (value: number) => value.toFixed(0).padStart(6)
    console.log(
      `bare ${print(bare.mibPerSecond)} MiB/s ${print(bare.smallPerSecond)} small/s · local ${print(local.mibPerSecond)} MiB/s ${print(local.smallPerSecond)} small/s, memory +${local.grownMib.toFixed(0)} MiB (bare +${bare.grownMib.toFixed(0)}) · ratio ${large.toFixed(2)} and ${small.toFixed(2)}`,
    )
  }
  console.log(
    `best ratio: large ${best.large.toFixed(2)} (budget 0.6), small ${best.small.toFixed(2)} (budget 0.4)`,
  )
  agent.destroy()
}
