// What happens when the page is loaded, left and shown again.

// Nothing of it stays in the storage or in the back/forward cache of the browser.
try {
  sessionStorage.removeItem('htmx-current-path-for-history')
} catch { /* storage is turned off */ }
addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload() })

// Links in a menu open a new window. The menu would still cover the page on return.
document.addEventListener('click', ({ target }) => {
  target.closest('[popover] a')?.closest('[popover]').hidePopover()
})

addEventListener('load', () => {
  const worker = document.querySelector('[data-worker]')?.dataset.worker
  if (worker) navigator.serviceWorker?.register(worker, { updateViaCache: 'none' }).catch(() => {})
})

// The offline page reloads when the server answers again, which no event of the browser tells.
const look = async () => { if ((await fetch('', { method: 'HEAD' })).ok) location.reload() }
if (document.querySelector('[data-offline]')) {
  addEventListener('online', () => location.reload())
  setInterval(() => look().catch(() => {}), 5_000)
}
