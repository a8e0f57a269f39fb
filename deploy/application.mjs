/**
 * For compose.yaml: the application. A page with a token for its user, and the receiver of the service's webhooks; its
 * database is the memory of this process. Never in production: whoever opens the page is user-1.
 */
import { createServer } from 'node:http'
import { SignJWT } from 'jose'
import { createReceiver } from 'oss-upcall/webhook'

const { UPCALL_PUBLIC_URL, UPCALL_JWT_SECRET, UPCALL_JWT_ISSUER, UPCALL_JWT_AUDIENCE } = process.env
const HOST = process.env.HOST ?? '127.0.0.1'
const PORT = Number(process.env.PORT ?? 3000)
/** Rows; the oldest goes. */
const MAX_FILES = 100

/** By the id of the event: one that comes again changes nothing. */
const files = new Map()

const receive = createReceiver({
  secrets: (process.env.UPCALL_WEBHOOK_SECRETS ?? '').split(','),
  onEvent({ id, type, data }) {
    if (type === 'com.oss-upcall.upload.stored' && !files.has(id)) {
      files.set(id, { owner: data.subject, key: data.key, name: data.name, size: data.size })
      for (const oldest of files.keys()) if (files.size > MAX_FILES) files.delete(oldest)
      console.log(`${data.subject} stored ${data.key}, ${data.size} bytes`)
    }
    return { file: `/files/${id}` }
  },
}).node

function createToken() {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('user-1')
    .setIssuer(UPCALL_JWT_ISSUER)
    .setAudience(UPCALL_JWT_AUDIENCE)
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(UPCALL_JWT_SECRET))
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Files</title>
<h1>Files</h1>
<label>File <input type="file"></label> <progress max="100" value="0"></progress>
<p role="status"></p>
<ul></ul>
<script src="${UPCALL_PUBLIC_URL}/client.js" crossorigin="anonymous"></script>
<script>
  const find = (name) => document.querySelector(name)
  const headers = async () => ({ authorization: 'Bearer ' + await (await fetch('/token')).text() })
  const onProgress = ({ percentage }) => { find('progress').value = percentage }
  async function list() {
    const items = (await (await fetch('/files')).json()).map(({ name, size }) => {
      const item = document.createElement('li')
      item.textContent = name + ', ' + size + ' bytes'
      return item
    })
    find('ul').replaceChildren(...items)
  }
  find('input').onchange = async ({ target }) => {
    try {
      const options = { endpoint: '${UPCALL_PUBLIC_URL}', profile: 'anything', headers, onProgress }
      const { response } = await Upcall.upload(target.files[0], options)
      find('p').textContent = 'The application responded: ' + JSON.stringify(response)
    } catch (error) {
      find('p').textContent = error.code + ': ' + error.message
    }
    await list()
  }
  list()
</script>`

const server = createServer(async (request, response) => {
  if (request.url === '/webhooks/uploads') return receive(request, response)
  if (request.url === '/token') return response.end(await createToken())
  if (request.url === '/files') {
    const list = JSON.stringify([...files.values()])
    return response.writeHead(200, { 'content-type': 'application/json' }).end(list)
  }
  if (request.url !== '/') return response.writeHead(404).end()
  response.writeHead(200, { 'content-type': 'text/html' }).end(page)
})
server.listen(PORT, HOST, () => console.log(`The application listens on port ${PORT}.`))
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0))
