// This site is not to be installed any more: the worker of before goes, and takes with it what it had kept.

addEventListener('install', () => skipWaiting())

addEventListener('activate', (event) => event.waitUntil((async () => {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)))
  await registration.unregister()
})()))
