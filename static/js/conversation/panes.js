// Shows one conversation at a time. Each has its own pane with its transcript and draft. The
// address identifies the visible one.

const current = () =>
  location.hash.startsWith('#conversation-') && document.getElementById(location.hash.slice(1))

const mark = () => {
  const isFirst = !location.hash && document.querySelector('.pane--first')
  if (current() || isFirst) document.body.dataset.shows = isFirst ? 'first' : 'pane'
  else delete document.body.dataset.shows
  for (const link of document.querySelectorAll('#open-conversations .person__link')) {
    link.ariaCurrent = `#${link.dataset.pane}` === location.hash ? 'true' : null
  }
}

const focus = (pane) => {
  // On a touch screen, the on-screen keyboard would cover the messages.
  const isTouched = matchMedia('(pointer: coarse)').matches
  const field = !isTouched && pane.querySelector('.composer__text:enabled')
  const target = field || pane.querySelector('.pane__peer')
  target.focus({ preventScroll: true })
}

// Returns the focus to an element, or to its pane if the element is gone.
document.addEventListener('return-focus', ({ target: pane, detail: element }) => {
  if (element?.isConnected) element.focus({ preventScroll: true })
  else focus(pane)
})

const search = document.getElementById('search')
let shown = current()
const arrive = () => {
  const pane = current()
  if (pane) {
    search.value = ''
    search.dispatchEvent(new Event('input', { bubbles: true })) // htmx ignores an unchanged value
    focus(pane)
  } else if (shown) document.querySelector(`.person__link[data-pane="${shown.id}"]`)?.focus()
  shown = pane
  mark()
}
addEventListener('hashchange', arrive)
mark()
document.addEventListener('htmx:afterSettle', mark)

// By default, the skip link would change the address and so hide the conversation.
document.addEventListener('click', (event) => {
  if (!event.target.closest('.skip-link') || !current()) return
  event.preventDefault()
  focus(current())
})
