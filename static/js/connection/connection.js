// Keeps the one socket: shows whether it is open, notices when it only seems to be, and comes back with jitter.
// Every few seconds the server beats; a page that has heard nothing for more than two of them does not believe its socket.
//
// Durations are measured by a clock that is never set, unlike the time of day. In some browsers it stands still while the
// machine sleeps: a page that has slept believes that it was away for a moment. The server knows better, and corrects
// #away in its first answer.

const BEAT = Number(document.body.dataset.heartbeat) * 1000
// Close codes of the server. After the first two a page stays away; after the next one its new cookie is on its way, and
// after the last ones the server needs some time: as if a page had tried so often.
const SIGNED_OUT = 4401
const CROWDED = 4409
const RENEWED = 4402
const TRIED = { [RENEWED]: 1, 4412: 10, 4429: 10, 4503: 10 }
const BY_ITSELF = [1006, 1011, 1012, 1013]
const WORDS = document.getElementById('words').dataset // in the language of the page; none where all is well

const PATIENCE = Math.min(10_000, 2.5 * BEAT) // for a handshake that nobody answers, in ms

const now = () => performance.now()
let socket, wrapper
let askedAt = 0
let openedAt = 0
let heardAt = now()

const pause = (tries) => Math.min(4_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2)
htmx.config.wsReconnectDelay = pause

// A superseded socket has nothing to say any more: its late end would make the extension close the one that works.
htmx.createWebSocket = (url) => {
  if (socket) socket.onclose = socket.onopen = null
  socket?.close()
  socket = new WebSocket(url)
  askedAt = now()
  return socket
}

const show = (state) => {
  document.body.dataset.connection = state
  const line = document.getElementById('connection')
  const words = WORDS[state] ?? ''
  if (line.textContent !== words) line.textContent = words
}

const isOver = () => ['ended', 'crowded', 'outdated'].includes(document.body.dataset.connection)

const showClosed = () => show(openedAt ? 'closed' : 'connecting')

const comeBack = () => {
  if (isOver()) return
  if (document.body.dataset.connection !== 'renewed') showClosed()
  wrapper?.reconnect()
}

const doubt = (beats) => {
  // Ending it here is what makes the extension try again.
  if (socket.readyState === WebSocket.CONNECTING && now() - askedAt > PATIENCE) socket.close()
  const silence = now() - Math.max(heardAt, openedAt)
  if (document.body.dataset.connection === 'open' && silence > beats * BEAT) comeBack()
}

// Captured, so that the hello of the same event already finds the connection open.
document.addEventListener('htmx:wsOpen', (event) => {
  wrapper = event.detail.socketWrapper
  openedAt = now()
  document.getElementById('away').value = Math.round((openedAt - heardAt) / 1000)
  show('open')
}, true)

// What is said at once or not at all; its page says it again, if need be.
document.addEventListener('frame', ({ detail }) => wrapper.send(JSON.stringify(detail)))

document.addEventListener('htmx:wsBeforeMessage', () => { heardAt = now() })

document.addEventListener('htmx:wsClose', (event) => {
  const { code } = event.detail.event
  wrapper = event.detail.socketWrapper
  const state = { [SIGNED_OUT]: 'ended', [CROWDED]: 'crowded', [RENEWED]: 'renewed' }[code]
  if (state) show(document.getElementById('updated') ? 'outdated' : state) // which has said all that there is to say
  else showClosed()
  if (!isOver() && !BY_ITSELF.includes(code)) setTimeout(comeBack, pause(TRIED[code] ?? 0))
})

// The extension would keep frames for a closed socket and send them late. Messages wait in the outbox instead;
// everything else (typing, confirmations) is said anew by the next hello.
document.addEventListener('htmx:wsConfigSend', (event) => {
  if (document.body.dataset.connection !== 'open') event.preventDefault()
})

document.addEventListener('htmx:afterRequest', (event) => {
  if (event.detail.successful) show(document.body.dataset.connection)
  else document.getElementById('connection').textContent = WORDS.unfetched
})

setInterval(() => doubt(2.25), BEAT / 10)
document.addEventListener('reconnect', comeBack)
// What a browser says of its network and of its window may be wrong, and stay wrong. It is a reason to try at once, when
// a laptop wakes up or a phone is taken out of a pocket, and never a reason not to try.
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') doubt(1.25) })
for (const kind of ['online', 'offline']) addEventListener(kind, comeBack)
