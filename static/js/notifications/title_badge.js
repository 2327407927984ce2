// Shows the number of unread messages in the title, and a dot on the tab icon. Loads sound and
// notifications if the user has enabled them.

const { title, documentElement: { lang } } = document
const icon = document.querySelector('link[rel="icon"]')
const icons = [icon.href, icon.dataset.unread]
const place = document.getElementById('attention')
const load = (name) => import(place.firstElementChild.dataset[name])

document.addEventListener('unread-counted', ({ detail }) => {
  const words = detail ? `(${detail.toLocaleString(lang)}) ${title}` : title
  if (document.title === words) return
  document.title = words
  icon.href = icons[Math.sign(detail)]
})

if (place.firstElementChild) load('announcing')
// Captures a click that comes before the script that asks for permission has loaded.
place.addEventListener('htmx:confirm', async (event) => {
  if (!('needsLeave' in event.target.dataset)) return
  event.preventDefault()
  const { ask } = await load('choosing')
  ask(event.detail)
})
place.addEventListener('htmx:afterSwap', async ({ detail }) => {
  const { apply } = await load('choosing')
  apply(detail)
})
