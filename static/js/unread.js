// What somebody has not looked at yet is counted in this page: at the person's name and in the title of the tab.
// A pane's #read element names the last message that was looked at, here or in another window.

const title = document.title

const isInView = (pane) => pane.matches(':target') && document.visibilityState === 'visible' && document.hasFocus()

const unread = (pane) => {
  const heard = [...pane.querySelectorAll('.message--theirs')]
  const read = pane.querySelector('[id^="read-"]').textContent
  return heard.slice(heard.findIndex((message) => message.id === read) + 1)
}

const count = (pane) => {
  const news = unread(pane)
  if (news.length && isInView(pane)) {
    const form = pane.querySelector('.reading')
    form.elements.message.value = news.at(-1).id
    pane.querySelector('[id^="read-"]').textContent = news.at(-1).id
    htmx.trigger(form, 'conversation-read')
    news.length = 0
  }
  for (const badge of document.querySelectorAll(`.unread-${pane.dataset.peer}`)) {
    const words = news.length ? `${news.length} unread` : ''
    if (badge.textContent !== words) badge.textContent = words
  }
  return news.length
}

const recount = () => {
  const total = [...document.querySelectorAll('.pane')].reduce((sum, pane) => sum + count(pane), 0)
  document.title = total ? `(${total}) ${title}` : title
}

for (const event of ['htmx:wsAfterMessage', 'htmx:afterSettle', 'visibilitychange']) {
  document.addEventListener(event, recount)
}
for (const event of ['hashchange', 'focus']) addEventListener(event, recount)
