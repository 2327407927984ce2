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
