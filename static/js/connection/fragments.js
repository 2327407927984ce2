// Fits each HTML fragment of the server into this page.

// Nothing is appended twice. #elsewhere stands for what is not on this page, and stays empty.
document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { target, fragment } = detail
  if (target.id === 'elsewhere') detail.shouldSwap = false
  for (const element of [...fragment.children]) {
    const present = element.id && document.getElementById(element.id)
    if (present && present !== target) element.remove()
  }
})

// People whom the roster asked for may have arrived by themselves meanwhile.
document.addEventListener('htmx:load', ({ target: row }) => {
  if (row.matches?.('.person') && document.getElementById(row.id) !== row) row.remove()
})

// A translation or an extension may change the text on the screen. What is sent, edited, quoted or
// reported is `written`, which is read before.
document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  for (const text of fragment.querySelectorAll('.message__text')) text.written = text.textContent
})

// The focus returns to the element that takes the place of the focused one, or to the conversation.
document.addEventListener('htmx:oobBeforeSwap', ({ detail: { target } }) => {
  const { activeElement: focused } = document
  if (!target.contains(focused)) return
  const scroller = focused.closest('.pane__scroller')
  setTimeout(() => {
    if (!focused.isConnected) (document.getElementById(focused.id) ?? scroller)?.focus()
  })
})

// A fragment without a place was not shown, so it must not be confirmed. The page does not fit the
// server: it reconnects without its version, and is told that it is outdated.
document.addEventListener('htmx:oobErrorNoTarget', () => {
  document.getElementById('version').value = ''
  document.dispatchEvent(new Event('reconnect'))
})

// One fragment names all who have come and gone. Each place that shows one of them is told.
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
