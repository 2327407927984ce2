// Counts the messages that the user has not seen, for each conversation and in total.
// Messages that were seen, in this window or in another one, have data-read.

const { lang } = document.documentElement
const words = document.getElementById('words').dataset

// A user who has scrolled up to older messages does not see new ones.
const isSeen = (pane) => document.visibilityState === 'visible' && document.hasFocus() &&
  pane.matches(':target') && !pane.querySelector('.pane__scroller[data-up]')

const unread = (pane) => [...pane.querySelectorAll('.message--theirs:not([data-read])')]

// #conversation-…-read holds the id of the last message that another window has shown.
const markReadElsewhere = (pane) => {
  const last = document.getElementById(pane.querySelector('[id$="-read"] > data')?.value)
  const isRead = (message) =>
    last && !(message.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_PRECEDING)
  for (const message of unread(pane).filter(isRead)) message.dataset.read = ''
}

const markRead = (pane, messages) => {
  for (const message of messages) message.dataset.read = ''
  const form = pane.querySelector('.reading')
  form.elements.message.value = messages.at(-1).id
  htmx.trigger(form, 'conversation-read')
}

// The line stays above the first unread message until the user replies.
const line = (pane) => pane.querySelector('.note--news') ??
  document.getElementById('news').content.firstElementChild.cloneNode(true)

const count = (pane) => {
  markReadElsewhere(pane)
  if (unread(pane).length && isSeen(pane)) markRead(pane, unread(pane))
  const messages = unread(pane)
  if (messages.length && !pane.dataset.unread) messages[0].before(line(pane))
  pane.dataset.unread = messages.length || ''
  const number = messages.length.toLocaleString(lang)
  const told = messages.length ? words.unread.replace('{count}', number) : ''
  for (const badge of document.querySelectorAll(`.${pane.id}-unread`)) {
    if (badge.textContent !== told) badge.textContent = told
  }
  pane.querySelector('.pane__newest').hidden = !messages.length
  return messages.length
}

const recount = () => {
  const total = [...document.querySelectorAll('.pane')].reduce((sum, pane) => sum + count(pane), 0)
  document.dispatchEvent(new CustomEvent('unread-counted', { detail: total }))
}

document.addEventListener('submit', ({ target }) => {
  if (target.matches('.composer')) target.closest('.pane').querySelector('.note--news')?.remove()
})
for (const kind of ['htmx:wsAfterMessage', 'htmx:afterSettle', 'visibilitychange']) {
  document.addEventListener(kind, recount)
}
document.addEventListener('scrollend', recount, true)
for (const kind of ['hashchange', 'focus']) addEventListener(kind, recount)
recount() // content that loaded before this script
