// Keeps the list of people in order, without moving a row that the user is about to choose.

const MOST = 200 // people who are added without a request
const REST = 1000 // ms after which a pointer at rest no longer aims at a row
const found = document.getElementById('found')

document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { id, children } = detail.target
  if (id === 'people' && children.length >= MOST) detail.shouldSwap = false
})

// Once the button for more people is gone, moves the focus to the first of these people.
document.addEventListener('htmx:beforeSwap', ({ detail: { target } }) => {
  if (!target.matches('.roster__more')) return
  const last = target.previousElementSibling
  const focusNext = () => last.nextElementSibling?.querySelector('a, button')?.focus()
  target.addEventListener('focusout', () => setTimeout(focusNext), { once: true })
})

// People who are online come first. Rows are sorted only while the user is busy elsewhere.
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

// A new conversation would move people down, so it is hidden while a pointer aims at a person.
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
// On touch screens, `pointerleave` fires before the click.
found.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && releaseNow())
addEventListener('hashchange', releaseNow)
document.addEventListener('htmx:load', ({ target }) => {
  if (!target.matches?.('#open-conversations > *')) return
  target.hidden = performance.now() < movedAt + REST
  release()
})
