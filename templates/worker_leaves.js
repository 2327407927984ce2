// The site can no longer be installed: this worker removes itself and its caches.

addEventListener('install', () => skipWaiting())

addEventListener('activate', (event) => event.waitUntil((async () => {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)))
  await registration.unregister()
})()))
