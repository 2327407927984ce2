// Opens conversations. Loads their styles and scripts with the first one. None is shown before they
// are loaded, because the outbox gives each message its id.

const parts = document.getElementById('conversation-assets')?.content.children ?? []
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

// Requests a conversation without its link, because the search may remove the link meanwhile.
const open = async (id, path) => {
  try {
    await load()
    if (!document.getElementById(id)) {
      await htmx.ajax('GET', path, { source: '#panes', swap: 'none' })
    }
  } catch {
    return htmx.trigger(document.body, 'htmx:afterRequest', { successful: false }) // monitor.js
  }
  if (!document.getElementById(id)) return
  const isUnchanged = location.hash === `#${id}`
  location.assign(`#${id}`) // makes the browser update :target, even if unchanged
  if (isUnchanged) dispatchEvent(new Event('hashchange'))
}

document.addEventListener('htmx:confirm', (event) => {
  const { elt, path } = event.detail
  if (!elt.dataset.pane) return
  event.preventDefault()
  open(elt.dataset.pane, path)
})

// A conversation may come with the page. After a reload, the address may name one, which is fetched
// empty.
addEventListener('DOMContentLoaded', () => {
  const first = document.querySelector('.pane--first')
  if (first && !location.hash) return location.replace(`#${first.id}`)
  const [, id, conversation] = /^#(conversation-(\d+))$/.exec(location.hash) ?? []
  if (id && !document.getElementById(id)) open(id, `/conversations/${conversation}/`)
})

// The pane arrived unrequested, with a message from another person.
document.addEventListener('htmx:load', ({ target }) => {
  if (!isLoaded && target.matches?.('.pane')) load()
})
