// Handles loading, leaving and showing the page again.

// Nothing stays in the browser's storage or back/forward cache.
try {
  sessionStorage.removeItem('htmx-current-path-for-history')
} catch { /* storage is disabled */ }
addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload() })

// A menu closes when its action is confirmed, and when one of its links opens a new window, because
// it would still cover the page when the user returns. The focus returns to the button of the menu.
document.addEventListener('click', ({ target }) => {
  target.closest('.menu :is(a, .dialog [type=submit])')?.closest('.menu').hidePopover()
})

// Browsers return the focus from a menu, but not from a dialog that was opened in a menu.
document.addEventListener('toggle', ({ target, newState }) => {
  const { activeElement: focused, body } = document
  if (newState === 'open' || focused !== body && !target.contains(focused)) return
  document.querySelector(`.menu [popovertarget="${target.id}"]`)?.focus()
}, true)

// Clears the screen at once, then logs out as soon as the server can be reached, even if the user
// closes the page. No browser uses Shift pressed three times, but other sites do (GOV.UK).
const clearScreen = (event) => {
  event?.preventDefault()
  const { content, dataset: { next, logout } = {} } = document.getElementById('cleared') ?? {}
  if (!content) return // the offline page, or a page that is cleared already
  const body = new FormData(document.getElementById('choice')) // Django's token
  const request = { method: 'POST', body, redirect: 'manual', keepalive: true }
  const logOut = async () => {
    const answer = await fetch(logout, request).catch(() => {})
    if (answer?.status < 500) return location.replace(next)
    document.getElementById('not-logged-out').hidden = false
    setTimeout(logOut, 2_000)
  }
  document.body.dataset.connection = 'ended' // does not reconnect
  document.body.replaceChildren(content.cloneNode(true))
  document.dispatchEvent(new CustomEvent('unread-counted', { detail: 0 })) // title, notification
  history.replaceState(null, '', '/')
  logOut()
}
document.getElementById('clear-screen')?.addEventListener('click', clearScreen)
let presses = []
document.addEventListener('keydown', ({ key, repeat, timeStamp }) => {
  if (repeat) return
  presses = key === 'Shift' ? [...presses.slice(-2), timeStamp] : []
  if (presses.length === 3 && timeStamp - presses[0] < 1_500) clearScreen()
})

addEventListener('load', () => {
  const worker = document.querySelector('[data-worker]')?.dataset.worker
  if (worker) navigator.serviceWorker?.register(worker, { updateViaCache: 'none' }).catch(() => {})
})

// The offline page reloads once the server responds again. No browser event reports this.
const look = async () => { if ((await fetch('', { method: 'HEAD' })).ok) location.reload() }
if (document.querySelector('[data-offline]')) {
  addEventListener('online', () => location.reload())
  setInterval(() => look().catch(() => {}), 5_000)
}
