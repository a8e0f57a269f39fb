// server.mjs: a local OSS, your server and your page. Start it: node server.mjs
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createMemoryAssets, createService } from 'oss-upcall'
import { startEmulator } from 'oss-upcall/emulator'
import { createNodeHandler } from 'oss-upcall/node'

const port = Number(process.env.PORT ?? 3000)
const origin = `http://127.0.0.1:${port}`

// In production: your bucket, its CORS rule, and the keys of a RAM user.
const cors = { allowedOrigins: [origin], allowedMethods: ['PUT', 'POST'], allowedHeaders: ['*'] }
const oss = await startEmulator({ buckets: [{ name: 'examplebucket', cors: [cors] }] })

const client = new URL('dist/browser/client.js', import.meta.resolve('oss-upcall/package.json'))
const uploads = createService({
  bucket: oss.bucket,
  region: oss.region,
  endpoint: oss.url,
  credentials: { accessKeyId: oss.accessKeyId, accessKeySecret: oss.accessKeySecret },
  callbackKeys: { [oss.emulator.callbackPublicKeyUrl]: oss.emulator.callbackPublicKey },
  secret: randomBytes(48).toString('base64'), // in production: one that stays, from your settings
  publicUrl: origin,
  profiles: { photo: { key: 'photos/{sub}/{id}.{ext}', types: ['image/*'], maxSize: 10_000_000 } },
  assets: createMemoryAssets({ '/client.js': await readFile(client) }),
  // Who is it? Look at your session here; nothing returned is 401.
  authenticate: async () => ({ subject: 'user-1' }),
  // Once per upload, when the object is stored. What it returns is what the page gets.
  async onReceipt(receipt) {
    console.log(`${receipt.subject} stored ${receipt.key}, ${receipt.size} bytes`)
    return { saved: receipt.key }
  },
})

const page = `<!doctype html><meta charset="utf-8"><title>Photo</title>
<label>Photo <input type="file" accept="image/*"></label> <progress max="100" value="0"></progress> <output></output>
<script src="/client.js"></script>
<script>
  document.querySelector('input').onchange = async ({ target }) => {
    const onProgress = ({ percentage }) => { document.querySelector('progress').value = percentage }
    const { response } = await Upcall.upload(target.files[0], { endpoint: '', profile: 'photo', onProgress })
    document.querySelector('output').textContent = 'Saved as ' + response.saved
  }
</script>`

const handle = createNodeHandler(uploads)
const server = createServer((request, response) => {
  if (request.url !== '/') return handle(request, response)
  response.writeHead(200, { 'content-type': 'text/html' }).end(page)
})
server.listen(port, '127.0.0.1', () => console.log(`Open ${origin}`))
