// Inserts each HTML fragment from the server into this page.

// No element is appended twice. #elsewhere is the target of HTML that is not for this page, and
// stays empty.
document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { target, fragment } = detail
  if (target.id === 'elsewhere') detail.shouldSwap = false
  for (const element of [...fragment.children]) {
    const present = element.id && document.getElementById(element.id)
    if (present && present !== target) element.remove()
  }
})

// A person in a requested roster page may already have been added by the server.
document.addEventListener('htmx:load', ({ target: row }) => {
  if (row.matches?.('.person') && document.getElementById(row.id) !== row) row.remove()
})

// A translation or an extension may change the displayed text. `written` keeps the original, to be
// sent, edited, quoted or reported.
document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  for (const text of fragment.querySelectorAll('.message__text')) text.written = text.textContent
})

// Returns the focus to the element that replaces the focused one, or to its message or pane.
document.addEventListener('htmx:oobBeforeSwap', ({ detail: { target } }) => {
  const { activeElement: focused } = document
  if (!target.contains(focused)) return
  const [message, pane] = [focused.closest('.message'), focused.closest('.pane')]
  setTimeout(() => {
    if (focused.isConnected) return
    const detail = document.getElementById(focused.id) ?? message
    if (!pane) detail?.focus()
    else pane.dispatchEvent(new CustomEvent('return-focus', { bubbles: true, detail }))
  })
})

// A fragment without a target was not shown, so it must not be confirmed. The page does not match
// the server: it reconnects without its version, and the server tells it that it is outdated.
document.addEventListener('htmx:oobErrorNoTarget', () => {
  document.getElementById('version').value = ''
  document.dispatchEvent(new Event('reconnect'))
})

// One fragment lists all changes of presence. Updates each element that shows one of these people.
document.addEventListener('htmx:load', ({ target }) => {
  if (!target.matches?.('#presence-news > i')) return
  for (const state of ['online', 'offline', 'blocked']) {
    const words = document.getElementById(`presence-${state}`).content
    for (const id of target.dataset[state].split(' ').filter(Boolean)) {
      for (const place of document.querySelectorAll(`.presence-${id}`)) {
        place.replaceChildren(words.cloneNode(true))
        place.dispatchEvent(new Event(`presence-${state}`, { bubbles: true }))
      }
    }
  }
})
