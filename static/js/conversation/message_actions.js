// Shows the actions of the message under the pointer or with the keyboard focus, and makes each
// transcript a single tab stop.

const bar = document.getElementById('message-actions').content.firstElementChild
const messageOf = (target) => target.closest?.('.transcript > .message')
let current // the message that contains the focus
let latest // and the last one that did
let isTouched // the last input was a touch: a long press opens the actions (long_press.js)

const setTabStops = (place, index) => {
  for (const control of place.querySelectorAll('a, button, .code')) control.tabIndex = index
}

const show = (message) => {
  if (message.contains(bar)) return
  if (bar.contains(document.activeElement)) current.focus({ preventScroll: true })
  message.append(bar)
  setTabStops(bar, message === current ? 0 : -1)
}

document.addEventListener('pointermove', ({ target, pointerType, buttons }) => {
  const message = pointerType !== 'touch' && !buttons && messageOf(target)
  if (message) show(message)
})

document.addEventListener('pointerdown', ({ pointerType }) => {
  isTouched = pointerType === 'touch'
}, true)
document.addEventListener('keydown', () => { isTouched = false }, true)

// Links and buttons in a message are tab stops only while the message contains the focus.
document.addEventListener('focusin', ({ target }) => {
  const message = messageOf(target)
  if (current && current !== message) setTabStops(current, -1)
  current = message
  for (const each of document.querySelectorAll('.pane__scroller')) {
    each.tabIndex = message && each.contains(message) ? -1 : 0
  }
  if (!message) return
  latest = message
  setTabStops(message, 0)
  if (target.matches(':focus-visible') && !isTouched) show(message)
})

document.addEventListener('htmx:load', ({ target }) => {
  const message = messageOf(target)
  if (message && message !== current) setTabStops(message, -1)
})

// The keyboard focus goes to the message that had it before, or to the newest one.
document.addEventListener('focusin', ({ target }) => {
  if (!target.matches('.pane__scroller:focus-visible')) return
  const newest = [...target.querySelectorAll('.transcript > .message')].at(-1)
  ;(target.contains(latest) ? latest : newest)?.focus()
})
