// Places the line "New messages" above the first message that the user has missed, opens the
// conversation there, and shows a button that jumps to it and then to the end.

const UNREAD = '.transcript > .message--theirs:not([data-read])'
const lineOf = (pane) => document.getElementById(`${pane.id}-line`)
const top = (element) => element.getBoundingClientRect().top
const bottom = (element) => element.getBoundingClientRect().bottom

const place = (pane) => {
  lineOf(pane)?.remove()
  const first = pane.querySelector(UNREAD)
  const line = document.getElementById('news').content.firstElementChild.cloneNode(true)
  line.id = `${pane.id}-line`
  first?.before(line)
}

// While the user reads, nothing in view may move. So the line appears only below.
document.addEventListener('unread-began', ({ target: pane }) => {
  const isReading = document.visibilityState === 'visible' && document.hasFocus() &&
    pane.matches(':target')
  const isInView = top(pane.querySelector(UNREAD)) < bottom(pane.querySelector('.pane__scroller'))
  if (!isReading || !lineOf(pane) && !isInView) place(pane)
})
addEventListener('hashchange', () => {
  const pane = document.getElementById(location.hash.slice(1))
  if (!pane?.matches('.pane')) return
  place(pane)
  lineOf(pane)?.scrollIntoView()
})

// Sending a message shows the end, so everything is seen.
document.addEventListener('submit', ({ target }) => {
  const pane = target.matches('.composer') && target.closest('.pane')
  if (!pane) return
  lineOf(pane)?.remove()
  const last = pane.dataset.unread && [...pane.querySelectorAll(UNREAD)].at(-1)
  if (last) last.dispatchEvent(new Event('message-seen', { bubbles: true }))
})

document.addEventListener('click', ({ target }) => {
  const scroller = target.closest('.pane__newest')?.previousElementSibling
  if (!scroller) return
  const line = lineOf(scroller.closest('.pane'))
  const isBelow = line && top(line) > bottom(scroller)
  if (isBelow) line.scrollIntoView()
  else scroller.scrollTop = scroller.scrollHeight
  // Moves the focus there too, because the button disappears at the end.
  const last = [...scroller.querySelectorAll('.transcript > .message')].at(-1)
  ;(isBelow ? line.nextElementSibling : last)?.focus({ preventScroll: true })
})
