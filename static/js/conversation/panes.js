// Each opened conversation keeps its own pane, with its transcript, draft and place; the address says which one is shown.

const named = (hash) => hash.startsWith('#conversation-') && document.getElementById(hash.slice(1))

const mark = () => {
  for (const link of document.querySelectorAll('#open-conversations .person__link')) {
    if (`#${link.dataset.pane}` === location.hash) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }
}

const focus = (pane) => {
  // On a touch screen the keyboard would jump up and cover what somebody came to read.
  const composer = !matchMedia('(pointer: coarse)').matches && pane.querySelector('.composer__text:enabled')
  const wanted = composer || pane.querySelector('.pane__peer')
  wanted.focus({ preventScroll: true })
}

let shown = named(location.hash)
const arrive = () => {
  const pane = named(location.hash)
  if (pane) focus(pane)
  else if (shown) document.querySelector(`.person__link[data-pane="${shown.id}"]`)?.focus()
  shown = pane
  mark()
}
addEventListener('hashchange', arrive)

const show = (id) => {
  if (location.hash !== `#${id}`) location.hash = id
  else {
    // The address stays, and so nothing happens by itself: but the browser looks for its target again.
    location.replace(`#${id}`)
    arrive()
  }
}

// A pane that is there is shown; one that is not is fetched, and shown when it has arrived.
document.addEventListener('htmx:confirm', (event) => {
  const id = event.target.dataset.pane
  if (!id || !document.getElementById(id)) return
  event.preventDefault()
  show(id)
})

document.addEventListener('htmx:afterRequest', (event) => {
  const id = event.target.dataset?.pane
  if (id && event.detail.successful) show(id)
})

document.addEventListener('htmx:afterSettle', mark)

// A conversation that was opened by its own address is shown like any other. After a refresh the address still names
// one: its pane comes back, empty.
document.addEventListener('conversing', () => {
  const first = document.querySelector('.pane--first')
  if (first && !location.hash) return location.replace(`#${first.id}`)
  const [, peer] = /^#conversation-(\d+)$/.exec(location.hash) ?? []
  if (!peer || shown) return
  htmx.ajax('GET', `/conversations/${peer}/`, { swap: 'none' }).then(() => {
    if (document.getElementById(`conversation-${peer}`)) show(`conversation-${peer}`)
  })
})

// The skip link would change the address, and so take the conversation out of view that somebody wants to get to.
document.addEventListener('click', (event) => {
  const pane = event.target.closest('.skip-link') && named(location.hash)
  if (!pane) return
  event.preventDefault()
  focus(pane)
})
