// The push subscription that this browser has for the site.

const manager = async () => (await navigator.serviceWorker.ready).pushManager
const current = async () =>
  (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()
const encoded = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')

// Returns why this browser cannot subscribe. Safari on a phone can in apps on the home screen only.
export const obstacle = () => {
  if (!isSecureContext) return 'insecure'
  if (navigator.standalone === false && !window.PushManager) return 'tab'
  if (!window.PushManager || !window.Notification || !navigator.serviceWorker) return 'missing'
  if (Notification.permission === 'denied') return 'denied'
}

export const unsubscribe = async () => (await current())?.unsubscribe()

// Unsubscribes first, so that two people never share a subscription.
export const subscribe = async (applicationServerKey) => {
  await unsubscribe()
  return (await manager()).subscribe({ userVisibleOnly: true, applicationServerKey })
}

// Browsers lose subscriptions without an event, and those made with another key no longer work.
export const renew = async (key) => {
  const subscription = await current()
  const isValid = subscription && encoded(subscription.options.applicationServerKey) === key
  return isValid ? subscription : subscribe(key)
}
