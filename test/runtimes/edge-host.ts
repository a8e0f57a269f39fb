/**
 * `node edge-host.ts SCRIPT PORT`: one script in `edge-runtime`, behind Node's HTTP. The server of `edge-runtime` itself
 * sends every response in chunks, without the `Content-Length` that OSS asks of a callback's response; platforms put a
 * proxy in front, and so does this host: it sends whole responses.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { EdgeRuntime } from 'edge-runtime'

const [script = '', port = '0'] = process.argv.slice(2)
const runtime = new EdgeRuntime({ initialCode: readFileSync(script, 'utf8') })

async function dispatch(request: IncomingMessage) {
  const { method = 'GET', url = '/', headers } = request
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)])
  const body = await buffer(request)
  return runtime.dispatchFetch(`http://${headers.host}${url}`, {
    method,
    headers: Object.fromEntries(texts),
    ...(body.length > 0 && { body }),
  })
}

createServer(async (request, response) => {
  try {
    const result = await dispatch(request)
    const bytes = Buffer.from(await result.arrayBuffer())
    const headers = { ...Object.fromEntries(result.headers), 'content-length': bytes.length }
    response.writeHead(result.status, headers).end(bytes)
  } catch (error) {
    console.error(error)
    response.writeHead(500).end()
  }
}).listen(Number(port), '127.0.0.1')
