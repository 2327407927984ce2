// The browser keeps nothing of this page: not the address that htmx notes in the session storage, and no frozen copy
// of the page that going back would bring to life again.

try { sessionStorage.removeItem('htmx-current-path-for-history') } catch { /* it keeps nothing for any page */ }

addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

// The worker, when all else is there. A browser that takes none is as good without.

addEventListener('load', () => {
  const worker = document.querySelector('[data-worker]')?.dataset.worker
  if (worker) navigator.serviceWorker?.register(worker, { updateViaCache: 'none' }).catch(() => {})
})

// The page that is shown where nobody answers makes way as soon as the server does: it may have been the server that was
// away, of which no browser tells.

const look = async () => { if ((await fetch('', { method: 'HEAD' })).ok) location.reload() }

if (document.querySelector('[data-offline]')) {
  addEventListener('online', () => location.reload())
  setInterval(() => look().catch(() => {}), 5_000)
}
