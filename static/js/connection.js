// Keeps the one socket: says in the page whether it is open, comes back with jitter, and sends nothing into a closed one.

const RETURNS_BY_ITSELF = [1006, 1011, 1012, 1013]
const ENDED = [4401]
const WORDS = {
  open: '',
  closed: 'The connection is gone. Trying to get it back; what you write is kept in this page meanwhile.',
  ended: 'You are signed out.',
}

const pause = (tries) => Math.min(10_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2)
htmx.config.wsReconnectDelay = pause

const show = (state) => {
  document.body.dataset.connection = state
  const line = document.getElementById('connection')
  if (line.textContent !== WORDS[state]) line.textContent = WORDS[state]
}

// Captured, so that the hello of the same event already finds the connection open.
document.addEventListener('htmx:wsOpen', () => show('open'), true)

document.addEventListener('htmx:wsClose', (event) => {
  const { code } = event.detail.event
  show(ENDED.includes(code) ? 'ended' : 'closed')
  if (RETURNS_BY_ITSELF.includes(code) || ENDED.includes(code)) return
  setTimeout(() => event.detail.socketWrapper.reconnect(), pause(1))
})

// The extension would keep frames for a closed socket and send them late. Messages wait in the outbox instead;
// everything else (typing, confirmations) is said anew by the next hello.
document.addEventListener('htmx:wsConfigSend', (event) => {
  if (document.body.dataset.connection !== 'open') event.preventDefault()
})
