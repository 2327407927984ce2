// What only a conversation needs, its style and its scripts, is fetched with the first one. Nobody is led into a
// conversation before it is there: what is written would go out without a name of its own.

const parts = document.getElementById('for-conversations')?.content.children ?? []
let isThere = !parts.length
let coming

const add = (part) => new Promise((done, fail) => {
  const element = part.cloneNode()
  element.async = false // they run in the order in which they are listed
  element.onload = done
  element.onerror = fail
  document.head.append(element)
})

const prepare = () => {
  coming ??= Promise.all([...parts].map(add)).then(() => { isThere = true })
  coming.catch(() => { coming = undefined })
  return coming
}

document.addEventListener('htmx:confirm', async (event) => {
  const { elt, path, issueRequest } = event.detail
  if (isThere || !path.startsWith('/conversations/')) return
  event.preventDefault()
  event.stopImmediatePropagation()
  try {
    await prepare()
    if (elt.matches('a')) elt.click()
    else issueRequest(true)
  } catch {
    htmx.trigger(elt, 'htmx:afterRequest', { successful: false }) // the page says that something was not fetched
  }
}, true)

// After a refresh the address still names a conversation.
addEventListener('DOMContentLoaded', async () => {
  if (location.hash.startsWith('#conversation-')) await prepare().catch(() => {})
  document.dispatchEvent(new Event('conversing'))
})

// Somebody has written first: the pane has come by itself.
document.addEventListener('htmx:load', ({ target }) => {
  if (!isThere && target.matches?.('.pane')) prepare()
})
