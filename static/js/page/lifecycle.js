// Handles loading, leaving and showing the page again.

// Nothing stays in the browser's storage or back/forward cache.
try {
  sessionStorage.removeItem('htmx-current-path-for-history')
} catch { /* storage is disabled */ }
addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload() })

// Links in a menu open a new window. The menu would still cover the page when the user returns.
document.addEventListener('click', ({ target }) => {
  target.closest('[popover] a')?.closest('[popover]').hidePopover()
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
