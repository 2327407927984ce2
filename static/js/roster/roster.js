// The roster grows by itself as people arrive: nobody is in it twice, and it does not grow without end.

const MOST = 200

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { target } = event.detail
  if (target.id === 'people' && target.children.length >= MOST) event.detail.shouldSwap = false
})

// Further people that were asked for may have arrived by themselves meanwhile.
document.addEventListener('htmx:load', (event) => {
  const row = event.target
  if (row.matches?.('.person') && document.getElementById(row.id) !== row) row.remove()
})

// The button that asked for more is gone: the first of those it brought is where one goes on.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { target } = event.detail
  if (!target.matches('.roster__more')) return
  const last = target.previousElementSibling
  target.addEventListener('focusout', () => setTimeout(() => last.nextElementSibling?.querySelector('a, button')?.focus()), { once: true })
})

// Who is here stands first, as the page came. What has changed since is put in order while somebody does something
// elsewhere: no row moves under their eyes or away from under their hand.
let isStale = false

const notice = ({ target }) => { isStale ||= target.matches?.('.person, .person__presence') }
for (const kind of ['htmx:load', 'presence-online', 'presence-offline']) document.addEventListener(kind, notice)

const sort = () => {
  if (!isStale || document.querySelector('.roster:is(:hover, :focus-within)')) return
  isStale = false
  document.getElementById('people')?.prepend(...document.querySelectorAll('#people > .person:has(.presence--online)'))
}
for (const kind of ['keydown', 'pointerdown', 'visibilitychange']) document.addEventListener(kind, sort)

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

// The server names those who have come and gone, a few letters each; every place that speaks of one of them is told.

const tell = (ids, state) => {
  const words = document.getElementById(`presence-${state}`).content
  for (const id of ids.split(' ').filter(Boolean)) {
    for (const place of document.querySelectorAll(`.presence-${id}`)) {
      place.replaceChildren(words.cloneNode(true))
      place.dispatchEvent(new Event(`presence-${state}`, { bubbles: true }))
    }
  }
}

document.addEventListener('htmx:load', (event) => {
  if (!event.target.matches?.('#presence-news > i')) return
  const { online, offline, blocked } = event.target.dataset
  tell(online, 'online')
  tell(offline, 'offline')
  tell(blocked, 'blocked')
})
