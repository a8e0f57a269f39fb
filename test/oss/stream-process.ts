/** Sends a stream of unknown length in a process of its own, and says how much memory that took. */
import { readFileSync } from 'node:fs'
import { createOssClient } from '../../src/oss/client.ts'

const [endpoint = '', accessKeyId = '', accessKeySecret = '', megabytes = ''] =
  process.argv.slice(2)
const MIB = 1024 * 1024

async function* produce(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < Number(megabytes); at += 1) yield new Uint8Array(MIB).fill(at)
}

const oss = createOssClient({
  bucket: 'examplebucket',
  region: 'cn-hangzhou',
  endpoint,
  credentials: { accessKeyId, accessKeySecret },
})
await oss.putObject('warm.bin', new Uint8Array(MIB))
const { kind, crc64 } = await oss.multipartUpload('stream.bin', produce())
// Not `resourceUsage().maxRSS`: it remembers what the process that started this one had.
const [, peakKib = ''] =
  /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
const peakMib = Number(peakKib) / 1024
console.log(JSON.stringify({ kind, crc64, peakMib }))
