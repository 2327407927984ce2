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
