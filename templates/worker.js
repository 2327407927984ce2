{% load static %}// Keeps static files, whose names say what is in them, and one page for when nobody answers. Nothing else: no other page,
// no fragment, nothing that was answered to somebody who is signed in. What it asks for itself, it asks for as nobody.

const CACHE = 'static-{{ version }}'
const OFFLINE = '{% url "offline" %}'
const FILES = [
{% for file in files %}  '{{ file }}',
{% endfor %}]

const asNobody = (path) => new Request(path, { credentials: 'omit', cache: 'no-cache' })

const install = async () => (await caches.open(CACHE)).addAll([OFFLINE, ...FILES].map(asNobody))

// What was kept before goes. A page can be asked for while this worker still wakes up.
const takeOver = async () => {
  const old = (await caches.keys()).filter((name) => name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await registration.navigationPreload?.enable()
}

const page = async (event) => {
  try {
    return await event.preloadResponse ?? await fetch(event.request)
  } catch {
    return caches.match(OFFLINE)
  }
}

const file = async (request) => await caches.match(request.url) ?? fetch(request)

addEventListener('install', (event) => {
  skipWaiting()
  event.waitUntil(install())
})

addEventListener('activate', (event) => event.waitUntil(takeOver()))

// Where a page may not show a notification by itself, this is what a tap on it finds.
addEventListener('notificationclick', (event) => {
  event.notification.close()
  const show = (windows) => (windows.length ? windows[0].focus() : clients.openWindow('/'))
  event.waitUntil(clients.matchAll({ type: 'window', includeUncontrolled: true }).then(show))
})

addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname, search } = new URL(url)
  if (method !== 'GET' || origin !== location.origin) return
  if (mode === 'navigate') event.respondWith(page(event))
  else if (FILES.includes(pathname + search)) event.respondWith(file(event.request))
})
