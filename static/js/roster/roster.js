// Keeps the list of people in order, and moves no row that somebody is about to choose.

const MOST = 200 // people who are listed by themselves
const REST = 1000 // ms after which a pointer that has not moved aims at nothing
const found = document.getElementById('found')

document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { id, children } = detail.target
  if (id === 'people' && children.length >= MOST) detail.shouldSwap = false
})

// The button that asked for more people is gone: the focus goes to the first of them.
document.addEventListener('htmx:beforeSwap', ({ detail: { target } }) => {
  if (!target.matches('.roster__more')) return
  const last = target.previousElementSibling
  const focusNext = () => last.nextElementSibling?.querySelector('a, button')?.focus()
  target.addEventListener('focusout', () => setTimeout(focusNext), { once: true })
})

// Those who are online stand first. Rows are sorted only while the user is busy elsewhere.
let isStale = false
for (const kind of ['htmx:load', 'presence-online', 'presence-offline']) {
  document.addEventListener(kind, ({ target }) => {
    isStale ||= target.matches?.('.person, .person__presence')
  })
}
const sort = () => {
  if (!isStale || document.querySelector('.roster:is(:hover, :focus-within)')) return
  isStale = false
  const online = document.querySelectorAll('#people > .person:has(.presence--online)')
  document.getElementById('people')?.prepend(...online)
}
for (const kind of ['keydown', 'pointerdown', 'visibilitychange']) {
  document.addEventListener(kind, sort)
}

// A new conversation moves the people down, so it is hidden while a pointer aims at one of them.
let movedAt = -REST
for (const kind of ['pointermove', 'pointerdown']) {
  found.addEventListener(kind, ({ timeStamp }) => { movedAt = timeStamp })
}
const release = () => {
  const rest = movedAt + REST - performance.now()
  if (rest > 0) return setTimeout(release, rest)
  for (const row of document.querySelectorAll('#open-conversations > [hidden]')) row.hidden = false
}
const releaseNow = () => {
  movedAt = -REST
  release()
}
// A finger leaves before it clicks.
found.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && releaseNow())
addEventListener('hashchange', releaseNow)
document.addEventListener('htmx:load', ({ target }) => {
  if (!target.matches?.('#open-conversations > *')) return
  target.hidden = performance.now() < movedAt + REST
  release()
})
