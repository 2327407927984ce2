// What is unread stands in the title of the tab, and is a dot on its icon. What calls somebody who is elsewhere is
// fetched where it was chosen.

const { title, documentElement: { lang } } = document
const icon = document.querySelector('link[rel="icon"]')
const icons = [icon.href, icon.dataset.unread]
const place = document.getElementById('attention')
const part = (name) => import(place.firstElementChild.dataset[name])

document.addEventListener('unread-counted', ({ detail }) => {
  const words = detail ? `(${detail.toLocaleString(lang)}) ${title}` : title
  if (document.title === words) return
  document.title = words
  icon.href = icons[Math.sign(detail)]
})

if (place.firstElementChild) part('announcing')
// Also for who is faster than the script that asks.
place.addEventListener('htmx:confirm', async (event) => {
  if (!('needsLeave' in event.target.dataset)) return
  event.preventDefault()
  const { ask } = await part('choosing')
  ask(event.detail)
})
place.addEventListener('htmx:afterSwap', async ({ detail }) => (await part('choosing')).drawn(detail))
