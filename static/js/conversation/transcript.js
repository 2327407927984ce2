// Keeps a transcript at its end as it grows, unless its reader has scrolled up.

const NEAR = 60 // px
const tops = new WeakMap() // the last scrollTop of each scroller

const toEnd = ({ target }) => {
  const scroller = target.closest('.pane__scroller')
  if (!scroller.hasAttribute('data-up')) scroller.scrollTop = scroller.scrollHeight
}
const sizes = new ResizeObserver((changes) => changes.forEach(toEnd))

const follow = (place) => {
  for (const part of place.querySelectorAll('.pane__scroller, .pane__talk')) sizes.observe(part)
}
follow(document) // what came before this script
document.addEventListener('htmx:load', (event) => follow(event.target))

// Only the reader scrolls up: a transcript that grows does not change its scrollTop.
document.addEventListener('scroll', ({ target }) => {
  if (!target.matches?.('.pane__scroller')) return
  const { scrollTop, scrollHeight, clientHeight } = target
  const isUp = scrollHeight - clientHeight - scrollTop > NEAR
  if (!isUp || scrollTop < tops.get(target)) target.toggleAttribute('data-up', isUp)
  tops.set(target, scrollTop)
}, true)

document.addEventListener('click', ({ target }) => {
  if (!target.matches('.pane__newest')) return
  const scroller = target.closest('.pane').querySelector('.pane__scroller')
  scroller.scrollTop = scroller.scrollHeight
})

// A tap can reveal buttons under the finger. It does not press them.
let pressed
addEventListener('pointerdown', ({ target }) => { pressed = target }, true)
addEventListener('click', (event) => {
  const button = event.target.closest('.message__actions button')
  const isKey = !event.detail
  if (!button || isKey || button.contains(pressed)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}, true)
