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
  // When a replaced socket closes late, the extension must not replace the new one.
  if (socket) socket.onclose = socket.onopen = null
  socket?.close()
  const created = socket = new WebSocket(url)
  // Closing it makes the extension try again.
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

// Captured, so that the hello of the same event finds the connection open.
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

// The extension would queue frames while the socket is closed, and send them late. Messages wait in
// the outbox instead, and the next hello renews everything else.
const isOpen = () => page.connection === 'open'
document.addEventListener('htmx:wsConfigSend', (event) => { if (!isOpen()) event.preventDefault() })
document.addEventListener('frame', ({ detail }) => {
  if (isOpen()) wrapper.send(JSON.stringify(detail))
})

// What a browser says about its network can be wrong. It is a reason to try, never not to try.
for (const kind of ['online', 'offline']) addEventListener(kind, reconnect)
document.addEventListener('reconnect', reconnect)
