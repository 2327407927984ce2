// Keeps one WebSocket open with the ws extension of htmx, and shows its state in data-connection.

const page = document.body.dataset
const HANDSHAKE = Math.min(10_000, 2_500 * page.heartbeat) // ms to wait for an answer
// Close codes (messaging/consumers/close_codes.py). Some count as several failed attempts.
const STATES = { 4401: 'ended', 4402: 'renewed', 4409: 'crowded' }
const ATTEMPTS = { 4402: 1, 4412: 10, 4429: 10, 4503: 10 }
const RETRIED_BY_HTMX = [1006, 1011, 1012, 1013]

const delay = (attempts) => Math.min(4_000, 500 * 2 ** attempts) * (0.5 + Math.random() / 2)
let socket, wrapper

htmx.config.wsReconnectDelay = delay

htmx.createWebSocket = (url) => {
  // If a replaced socket closes late, the extension must not replace the new one.
  if (socket) socket.onclose = socket.onopen = null
  socket?.close()
  const created = socket = new WebSocket(url)
  // Closing the socket makes the extension reconnect.
  setTimeout(() => created.readyState === WebSocket.CONNECTING && created.close(), HANDSHAKE)
  return created
}

const isOver = () => ['ended', 'crowded', 'outdated'].includes(page.connection)
const markClosed = () => { if (page.connection !== 'connecting') page.connection = 'closed' }

const reconnect = () => {
  if (isOver()) return
  if (page.connection !== 'renewed') markClosed()
  wrapper?.reconnect()
}

// Captures the event, so that the hello, which it also triggers, finds the connection open.
document.addEventListener('htmx:wsOpen', ({ detail }) => {
  wrapper = detail.socketWrapper
  page.connection = 'open'
}, true)

document.addEventListener('htmx:wsClose', ({ detail: { event: { code }, socketWrapper } }) => {
  wrapper = socketWrapper
  if (!STATES[code]) markClosed()
  else page.connection = document.getElementById('updated') ? 'outdated' : STATES[code]
  if (isOver() || RETRIED_BY_HTMX.includes(code)) return
  setTimeout(reconnect, delay(ATTEMPTS[code] ?? 0))
})

// While the socket is closed, the extension would queue frames and send them late. Instead,
// messages wait in the outbox, and actions in the transcript (transcript.js). The next hello
// renews everything else.
const isOpen = () => page.connection === 'open'
document.addEventListener('htmx:wsConfigSend', (event) => { if (!isOpen()) event.preventDefault() })
document.addEventListener('frame', ({ detail }) => {
  if (isOpen()) wrapper.send(JSON.stringify(detail))
})

// A browser's network status can be wrong. So both events cause an attempt, and neither stops one.
for (const kind of ['online', 'offline']) addEventListener(kind, reconnect)
document.addEventListener('reconnect', reconnect)
