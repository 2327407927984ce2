// Scrolls a growing transcript to its end, unless the user has scrolled elsewhere. If the user has
// missed messages, it stops at the line above the first of them (missed.js). Keeps actions.

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

// Unsending, reacting and clearing stay in the transcript until the server's answer removes them.
const send = ({ frame: detail }) => document.dispatchEvent(new CustomEvent('frame', { detail }))
const keep = (place, action) => {
  const { conversation } = place.closest('.pane').dataset
  const { content } = document.getElementById(`kept-${action.type}`)
  const kept = content.firstElementChild.cloneNode(true)
  ;(place.closest('.message') ?? place).querySelector(`.kept--${action.type}`)?.remove()
  place.append(Object.assign(kept, { frame: { conversation, ...action } }))
  send(kept)
}
document.addEventListener('keep', ({ target, detail }) => keep(target, detail))
document.addEventListener('answered', () => document.querySelectorAll('.kept').forEach(send))
document.addEventListener('htmx:wsConfigSend', (event) => {
  if (!event.target.matches('.dialog__clear')) return
  event.preventDefault()
  const { id } = event.target.closest('.pane')
  keep(document.getElementById(`${id}-transcript`), { type: 'clear' })
})
