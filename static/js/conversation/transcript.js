// Keeps a growing transcript scrolled to its end, unless the user has scrolled up.

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
follow(document) // content that loaded before this script
document.addEventListener('htmx:load', (event) => follow(event.target))

// Only the user scrolls up. The growth of a transcript does not change its scrollTop.
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

// A tap can reveal buttons under the finger. It must not press them.
let pressed
addEventListener('pointerdown', ({ target }) => { pressed = target }, true)
addEventListener('click', (event) => {
  const button = event.target.closest('.message__actions button')
  const isKey = !event.detail
  if (!button || isKey || button.contains(pressed)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}, true)
