{% load static %}// Caches a page to show without a network, and its files. It caches no other file, which is the task
// of the browser, no other page or fragment, and no response to a logged-in user: its own requests
// carry no cookies.

const CACHE = 'static-{{ version }}'
const OFFLINE = '{% url "offline" %}'
const FILES = [
{% for file in files %}  '{{ file }}',
{% endfor %}]

const withoutCookies = (path) => new Request(path, { credentials: 'omit', cache: 'no-cache' })

const install = async () => (await caches.open(CACHE)).addAll([OFFLINE, ...FILES].map(withoutCookies))

// Deletes older caches. With navigation preload, a page is requested while the worker starts.
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

// Handles a tap on a notification: shows a page that can connect, or opens one. The page closes the
// notification of a push once it is connected (static/js/notifications/waiting.js).
addEventListener('notificationclick', (event) => {
  if (event.notification.tag !== 'waiting') event.notification.close()
  const show = (windows) => {
    const chat = windows.find(({ url }) => new URL(url).pathname === '/')
    return chat ? chat.focus() : clients.openWindow('/')
  }
  event.waitUntil(clients.matchAll({ type: 'window', includeUncontrolled: true }).then(show))
})
{% if has_push %}
// Shows each push, because browsers withdraw the permission from sites that don't. Open pages close
// it at once if they are connected. The push itself is empty, and nothing is fetched.
const notify = async () => {
  const about = { body: '{{ news|escapejs }}', lang: '{{ lang }}', data: Date.now() }
  const options = { ...about, tag: 'waiting', renotify: true }
  await registration.showNotification('{{ site_name|escapejs }}', options)
  await navigator.setAppBadge?.().catch(() => {})
  const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const window of windows) window.postMessage('notified')
}

addEventListener('push', (event) => event.waitUntil(notify()))
{% endif %}
addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname, search } = new URL(url)
  if (method !== 'GET' || origin !== location.origin) return
  if (mode === 'navigate') event.respondWith(page(event))
  else if (FILES.includes(pathname + search)) event.respondWith(file(event.request))
})
