// The worker, when all else is there. A browser that takes none is as good without.

addEventListener('load', () => {
  const { worker } = document.querySelector('[data-worker]').dataset
  navigator.serviceWorker?.register(worker, { updateViaCache: 'none' }).catch(() => {})
})
