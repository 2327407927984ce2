// A conversation that begins takes a place above the people, and moves them down: not while a hand aims at one of them.

const REST = 1000 // ms without a movement, after which it does not
const found = document.getElementById('found')
let movedAt = -REST

const hold = (event) => { movedAt = event.timeStamp }
for (const kind of ['pointermove', 'pointerdown']) found.addEventListener(kind, hold)

const release = () => {
  const rest = movedAt + REST - performance.now()
  if (rest > 0) return setTimeout(release, rest)
  for (const row of document.querySelectorAll('#open-conversations > [hidden]')) row.hidden = false
}
const letGo = () => {
  movedAt = -REST
  release()
}
found.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && letGo()) // a finger leaves before it has clicked
addEventListener('hashchange', letGo)

document.addEventListener('htmx:load', ({ target }) => {
  if (!target.matches?.('#open-conversations > *')) return
  target.hidden = performance.now() < movedAt + REST
  release()
})
