// page.mjs: the page of your application, with a token for its user. Start it: node --env-file=.env page.mjs
import { createServer } from 'node:http'
import { SignJWT } from 'jose'

const { UPCALL_PUBLIC_URL, UPCALL_JWT_SECRET, UPCALL_JWT_ISSUER, UPCALL_JWT_AUDIENCE } = process.env
const port = Number(process.env.PAGE_PORT ?? 3000)

/** Who is it? Look at your session here. The token is for ten minutes; the page fetches another. */
function createToken(subject) {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuer(UPCALL_JWT_ISSUER)
    .setAudience(UPCALL_JWT_AUDIENCE)
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(UPCALL_JWT_SECRET))
}

const page = `<!doctype html><meta charset="utf-8"><title>File</title>
<label>File <input type="file"></label> <output></output>
<script src="${UPCALL_PUBLIC_URL}/client.js" crossorigin="anonymous"></script>
<script>
  const headers = async () => ({ authorization: 'Bearer ' + await (await fetch('/token')).text() })
  document.querySelector('input').onchange = async ({ target }) => {
    const output = document.querySelector('output')
    try {
      const { response } = await Upcall.upload(target.files[0], { endpoint: '${UPCALL_PUBLIC_URL}', profile: 'files', headers })
      output.textContent = 'Your server said: ' + JSON.stringify(response)
    } catch (error) {
      output.textContent = error.code + ': ' + error.message
    }
  }
</script>`

const server = createServer(async (request, response) => {
  if (request.url === '/token') return response.end(await createToken('user-1'))
  response.writeHead(200, { 'content-type': 'text/html' }).end(page)
})
server.listen(port, '127.0.0.1', () => console.log(`Open http://127.0.0.1:${port}`))
