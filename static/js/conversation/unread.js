// Counts the messages that the user has not read, for each conversation and in total. Messages that
// were read, in this window or in another one, have data-read.

const { lang } = document.documentElement
const words = document.getElementById('words').dataset
const panes = new Map() // the unread messages of each pane, oldest first

// Marks a message and all before it as read.
const markRead = (last) => {
  const messages = panes.get(last?.closest('.pane'))
  if (!messages?.has(last)) return
  for (const message of messages) {
    message.dataset.read = ''
    messages.delete(message)
    if (message === last) return recount()
  }
}

// The user sees each message as it arrives.
const isFollowed = (pane) => document.visibilityState === 'visible' && document.hasFocus() &&
  pane.matches(':target') && !pane.querySelector('.pane__scroller').matches('[data-up]')

const count = ([pane, messages]) => {
  for (const message of messages) if (!message.isConnected) messages.delete(message)
  const before = Number(pane.dataset.unread ?? 0)
  const number = before || !isFollowed(pane) ? messages.size : 0
  if (!before && !number) return 0
  if (!before) pane.dispatchEvent(new Event('unread-began', { bubbles: true }))
  pane.dataset.unread = number || ''
  const told = (sentence) => number ? sentence.replace('{count}', number.toLocaleString(lang)) : ''
  document.getElementById(`${pane.id}-new`).textContent = told(words.new)
  for (const badge of document.querySelectorAll(`.roster .${pane.id}-unread`)) {
    if (badge.textContent !== told(words.unread)) badge.textContent = told(words.unread)
  }
  return number
}

const recount = () => {
  const detail = [...panes].reduce((sum, each) => sum + count(each), 0)
  document.dispatchEvent(new CustomEvent('unread-counted', { detail }))
}

const receive = ({ target }) => {
  const pane = target.closest('.pane')
  if (target.matches('.transcript > .message--theirs')) {
    panes.set(pane, (panes.get(pane) ?? new Set()).add(target))
  }
  // Another window has read this message.
  if (target.matches('output > data')) markRead(document.getElementById(target.value))
}
for (const target of document.querySelectorAll('.message--theirs, output > data')) {
  receive({ target })
}
document.addEventListener('htmx:load', receive)
document.addEventListener('message-seen', ({ target }) => markRead(target))
for (const kind of ['htmx:wsAfterMessage', 'htmx:afterSettle', 'visibilitychange']) {
  document.addEventListener(kind, recount)
}
for (const kind of ['focus', 'blur', 'hashchange']) addEventListener(kind, recount)
recount() // content that loaded before this script
