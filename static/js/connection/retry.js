// Retries undelivered messages when the recipient is back, at intervals, or on a click.

const WAITING = '.message:has(.state--waiting)'
const ONLINE = `.pane:has(.pane__presence .presence--online) ${WAITING}`
const retry = (bubble) => bubble.dispatchEvent(new Event('retry', { bubbles: true }))

document.addEventListener('presence-online', ({ target }) => {
  target.closest('.pane')?.querySelectorAll(WAITING).forEach(retry)
})

// The return of a person who was away only for a moment is not announced.
document.addEventListener('htmx:load', ({ target: state }) => {
  if (!state.matches('.state--waiting')) return
  const bubble = state.closest('.message')
  setTimeout(() => { if (state.isConnected && bubble.matches(ONLINE)) retry(bubble) }, 3000)
})

// Nor is the return of a person who appears offline. The state's text does not change meanwhile.
setInterval(() => {
  for (const bubble of document.querySelectorAll(WAITING)) {
    bubble.dataset.again = ''
    bubble.dispatchEvent(new Event('offer', { bubbles: true }))
  }
}, 3_000 * document.body.dataset.heartbeat)

// Messages over the rate limit are sent in order, each once the server has accepted the previous.
const LINE = ':is(.transcript, .outbox) > .message:has(.state[data-seconds]), [data-queued]'
let head, timer, isLimited
document.addEventListener('htmx:load', ({ target }) => {
  isLimited ||= target.matches('.state[data-seconds]')
})

const goOn = () => {
  timer = undefined
  head = document.querySelector(LINE)
  delete head?.dataset.queued
  if (head) retry(head)
}

document.addEventListener('htmx:wsAfterMessage', () => {
  if (!isLimited || timer) return
  const next = head?.isConnected ? head : document.querySelector(LINE)
  isLimited = Boolean(next)
  if (!next || next.querySelector('.state--sending:not([data-queued] *)')) return
  const wait = !head || head.isConnected ? next.querySelector('.state').dataset.seconds : 0
  timer = setTimeout(goOn, (wait ?? 0) * 1000)
})

document.addEventListener('click', ({ target }) => {
  const action = target.closest('[data-outbox]')?.dataset.outbox
  if (!action) return
  const bubble = target.closest('.message')
  const field = bubble.closest('.pane').querySelector('.composer__text')
  const { written } = bubble.querySelector('.message__text')
  if (action === 'edit') field.value = [written, field.value].filter(Boolean).join('\n')
  if (action === 'retry') retry(bubble)
  else bubble.remove()
  field.dispatchEvent(new Event('change', { bubbles: true }))
  field.focus()
})
