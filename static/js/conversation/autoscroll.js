// Who is at the end of a conversation stays there as it grows; who reads further up is left in place.

const NEAR = 60 // px
const tops = new WeakMap() // how far down each scroller was

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

// Only somebody's own hand leads upwards: what has grown since the scroller was moved is no reason to stay behind.
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
