// Loads the styles and scripts for conversations with the first conversation. None is shown before
// they are loaded, because the outbox gives each message its id.

const parts = document.getElementById('for-conversations')?.content.children ?? []
let isLoaded = !parts.length
let loading

const add = (part) => new Promise((resolve, reject) => {
  const element = part.cloneNode()
  element.async = false // run scripts in the listed order
  element.onload = resolve
  element.onerror = reject
  document.head.append(element)
})

const load = () => {
  loading ??= Promise.all([...parts].map(add)).then(() => { isLoaded = true })
  loading.catch(() => { loading = undefined })
  return loading
}

document.addEventListener('htmx:confirm', async (event) => {
  const { elt, path, issueRequest } = event.detail
  if (isLoaded || !path.startsWith('/conversations/')) return
  event.preventDefault()
  event.stopImmediatePropagation()
  try {
    await load()
    if (elt.matches('a')) elt.click()
    else issueRequest(true)
  } catch {
    htmx.trigger(elt, 'htmx:afterRequest', { successful: false }) // shows the failure on the page
  }
}, true)

// A conversation may come with the page. After a reload, the address may name one, which is fetched
// empty.
addEventListener('DOMContentLoaded', async () => {
  if (location.hash.startsWith('#conversation-')) await load().catch(() => {})
  const first = document.querySelector('.pane--first')
  if (first && !location.hash) return location.replace(`#${first.id}`)
  const [id, conversation] = /^#conversation-(\d+)$/.exec(location.hash) ?? []
  if (!id || document.querySelector(id)) return
  await htmx.ajax('GET', `/conversations/${conversation}/`, { swap: 'none' })
  if (!document.querySelector(id)) return
  location.replace(id)
  dispatchEvent(new Event('hashchange')) // an unchanged address fires none
})

// The pane arrived unrequested, with a message from another person.
document.addEventListener('htmx:load', ({ target }) => {
  if (!isLoaded && target.matches?.('.pane')) load()
})
