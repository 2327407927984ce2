// Scrolls a growing transcript to its end, unless the user has scrolled elsewhere. If the user has
// missed messages, it stops at the line above the first of them (missed.js).

const NEAR = 60 // px
const tops = new WeakMap() // the last scrollTop of each scroller
const left = new WeakSet() // scrollers that the user has scrolled elsewhere
const top = (element) => element.getBoundingClientRect().top

const note = (scroller) => {
  const { scrollTop, scrollHeight, clientHeight } = scroller
  tops.set(scroller, scrollTop)
  scroller.toggleAttribute('data-up', scrollHeight - clientHeight - scrollTop > NEAR)
}

const follow = ({ target }) => {
  const scroller = target.closest('.pane__scroller')
  const pane = scroller.closest('.pane')
  const line = pane.dataset.unread && document.getElementById(`${pane.id}-line`)
  const isPassed = !line || top(line) < top(scroller)
  if (!left.has(scroller) && isPassed) scroller.scrollTop = scroller.scrollHeight
  else if (!left.has(scroller)) line.scrollIntoView()
  note(scroller)
}
const sizes = new ResizeObserver((changes) => changes.forEach(follow))

const observe = (place) => {
  for (const part of place.querySelectorAll('.pane__scroller, .pane__talk')) sizes.observe(part)
}
observe(document) // content that loaded before this script
document.addEventListener('htmx:load', (event) => observe(event.target))

// The growth of a transcript does not change its scrollTop.
document.addEventListener('scroll', ({ target }) => {
  if (!target.matches?.('.pane__scroller')) return
  const by = target.scrollTop - tops.get(target)
  note(target)
  const isMoved = by < 0 || by > 0 && target.closest('.pane').dataset.unread
  if (!target.matches('[data-up]')) left.delete(target)
  else if (isMoved) left.add(target)
}, true)
