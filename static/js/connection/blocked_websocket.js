// Some networks let no WebSocket through. A page whose first connection does not open says so, while it goes on trying.

const PATIENCE = 15_000 // ms
const place = document.getElementById('unopened')
const words = place.nextElementSibling.content

const timer = setTimeout(() => place.replaceChildren(words.cloneNode(true)), PATIENCE)

document.addEventListener('htmx:wsOpen', () => {
  clearTimeout(timer)
  place.replaceChildren()
}, { once: true })
