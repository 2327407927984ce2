// What somebody has not looked at yet is counted in this page: at the person's name, and all in all (notifications/title_badge.js).
// A message that was looked at, here or in another window, is marked as read; the pane's #read element names the last
// one that another window has looked at.

const { lang } = document.documentElement
const words = document.getElementById('words').dataset

// Somebody who reads further up has not seen what came below.
const isInView = (pane) => pane.matches(':target') && document.visibilityState === 'visible' && document.hasFocus() &&
  !pane.querySelector('.pane__scroller[data-up]')

const unread = (pane) => [...pane.querySelectorAll('.message--theirs:not([data-read])')]

const markReadElsewhere = (pane) => {
  const last = document.getElementById(pane.querySelector('[id^="read-"] > data')?.value)
  if (!last) return
  for (const message of unread(pane)) {
    if (!(message.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_PRECEDING)) message.dataset.read = ''
  }
}

const look = (pane, news) => {
  for (const message of news) message.dataset.read = ''
  const form = pane.querySelector('.reading')
  form.elements.message.value = news.at(-1).id
  htmx.trigger(form, 'conversation-read')
}

// One line in a conversation says where that begins which came unseen; it stays until its reader answers.
const drawLine = (pane, first) => {
  const line = pane.querySelector('.note--news') ?? document.getElementById('news').content.firstElementChild.cloneNode(true)
  first.before(line)
}

const count = (pane) => {
  markReadElsewhere(pane)
  let news = unread(pane)
  if (news.length && isInView(pane)) {
    look(pane, news)
    news = []
  }
  if (news.length && !pane.dataset.unread) drawLine(pane, news[0])
  pane.dataset.unread = news.length || ''
  const told = news.length ? words.unread.replace('{count}', news.length.toLocaleString(lang)) : ''
  for (const badge of document.querySelectorAll(`.unread-${pane.dataset.peer}`)) {
    if (badge.textContent !== told) badge.textContent = told
  }
  pane.querySelector('.pane__newest').hidden = !news.length
  return news.length
}

const recount = () => {
  const total = [...document.querySelectorAll('.pane')].reduce((sum, pane) => sum + count(pane), 0)
  document.dispatchEvent(new CustomEvent('unread-counted', { detail: total }))
}

document.addEventListener('submit', (event) => {
  if (event.target.matches('.composer')) event.target.closest('.pane').querySelector('.note--news')?.remove()
})

for (const kind of ['htmx:wsAfterMessage', 'htmx:afterSettle', 'visibilitychange']) {
  document.addEventListener(kind, recount)
}
document.addEventListener('scrollend', recount, true)
for (const kind of ['hashchange', 'focus']) addEventListener(kind, recount)
recount() // what came before this script
