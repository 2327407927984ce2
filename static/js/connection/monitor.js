// Monitors the connection: reconnects when it is dead, and shows what is wrong with it.

const HEARTBEAT = 1000 * document.body.dataset.heartbeat // ms
const line = document.getElementById('connection')
const words = document.getElementById('words').dataset

// Uses a monotonic clock, because the time of day can be set. It may stop while the machine sleeps,
// so the server corrects #away in its first answer.
const now = () => performance.now()
let [openedAt, heardAt] = [0, now()]

// Captures the event, because the hello, which it also triggers, sends #away.
document.addEventListener('htmx:wsOpen', () => {
  openedAt = now()
  document.getElementById('away').value = Math.round((openedAt - heardAt) / 1000)
}, true)
document.addEventListener('htmx:wsBeforeMessage', () => { heardAt = now() })

// A browser can take minutes to notice a dead connection, but the server sends heartbeats.
const check = (missed) => {
  const silence = now() - Math.max(heardAt, openedAt)
  if (document.body.dataset.connection !== 'open' || silence <= missed * HEARTBEAT) return
  document.dispatchEvent(new Event('reconnect'))
}
setInterval(() => check(2.25), HEARTBEAT / 10)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') check(1.25)
})

const show = (text = '') => { if (line.textContent !== text) line.textContent = text }
const showState = () => show(words[document.body.dataset.connection])

// Each attempt to reconnect sets the state again, which must not hide what went wrong.
new MutationObserver(([{ oldValue }]) => {
  if (oldValue !== document.body.dataset.connection) showState()
}).observe(document.body, { attributeFilter: ['data-connection'], attributeOldValue: true })
document.addEventListener('htmx:afterRequest', ({ detail }) => {
  if (detail.successful) showState()
  else show(words.unfetched)
})

// If the first connection does not open, the network may block WebSockets.
const blocked = document.getElementById('unopened')
const timer = setTimeout(() => {
  blocked.replaceChildren(blocked.nextElementSibling.content.cloneNode(true))
}, 15_000)
document.addEventListener('htmx:wsOpen', () => {
  clearTimeout(timer)
  blocked.replaceChildren()
}, { once: true })
