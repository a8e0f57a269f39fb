import { upload } from '/upcall/client.mjs'
import { explain } from '/upcall/explain.mjs'

const find = (selector) => document.querySelector(selector)
const [form, section, user] = ['form', 'section', '#user'].map(find)

function create(name, properties = {}, children = []) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

function createPhoto({ key, name }) {
  // The service shows photos of the user who is signed in; the bucket stays private.
  const src = `/api/files/objects/url?redirect&key=${encodeURIComponent(key)}`
  const image = create('img', { src, alt: '', loading: 'lazy' })
  const caption = create('figcaption', { textContent: name })
  return create('li', {}, [create('figure', {}, [image, caption])])
}

async function load() {
  const response = await fetch('/api/photos')
  const album = response.ok ? await response.json() : undefined
  form.hidden = album !== undefined
  section.hidden = user.hidden = album === undefined
  if (!album) return
  user.querySelector('span').textContent = album.user
  find('.photos').replaceChildren(...album.photos.map(createPhoto))
}

async function send(file) {
  const words = create('small')
  const bar = create('progress', { max: 100, value: 0, ariaLabel: file.name })
  const name = create('span', { textContent: file.name })
  find('.uploads').append(create('li', {}, [name, words, bar]))
  try {
    const { response } = await upload(file, {
      endpoint: '/api/files',
      profile: 'photos',
      onProgress({ percentage, state }) {
        bar.value = percentage
        words.textContent = state
      },
    })
    // What `onReceipt` returned.
    words.textContent = response ? `Saved as ${response.id}` : 'Saved'
    await load()
  } catch (error) {
    words.className = 'failed'
    words.textContent = explain(error)
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  })
  find('[role=alert]').textContent = response.ok ? '' : 'Name or password is wrong.'
  if (!response.ok) return
  form.reset()
  await load()
})
user.querySelector('button').addEventListener('click', async () => {
  await fetch('/api/session', { method: 'DELETE' })
  await load()
})
find('input[type=file]').addEventListener('change', ({ target }) => {
  for (const file of target.files) send(file)
  target.value = ''
})

await load()
