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
