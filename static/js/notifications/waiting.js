// Closes the notification of a push once this page is connected. If no message arrives then, shows
// when someone wrote. Only the notification holds that time, and nothing holds the name.

const PATIENCE = 10_000 // ms: the sender's page sends within seconds
const { lang } = document.documentElement
const isToday = (date) => date.toDateString() === new Date().toDateString()
const count = () => document.querySelectorAll('.message--theirs').length
let before = 0 // messages of others when the page was connected

const sayWhen = (date) => {
  const words = document.getElementById('missed') // absent while the switch has not loaded
  if (!words || count() > before) return
  const locale = navigator.languages.find((tag) => tag.startsWith(lang)) ?? lang
  const style = isToday(date) ? {} : { dateStyle: 'long' }
  const line = words.content.cloneNode(true)
  const time = line.querySelector('time')
  time.dateTime = date.toISOString()
  time.textContent = date.toLocaleString(locale, { ...style, timeStyle: 'short' })
  document.getElementById('notices').replaceChildren(line)
}

const close = async (isNew) => {
  if (document.body.dataset.connection !== 'open') return
  navigator.clearAppBadge?.().catch(() => {})
  const worker = await navigator.serviceWorker?.getRegistration()
  const shown = await worker?.getNotifications({ tag: 'waiting' }) ?? []
  for (const notification of shown) notification.close()
  if (!isNew && shown.length) setTimeout(sayWhen, PATIENCE, new Date(shown[0].data))
}

export default () => {
  document.addEventListener('htmx:wsOpen', () => {
    before = count()
    close()
  })
  close() // the page may be connected already
  // A push came late: this page is open and shows what arrives.
  navigator.serviceWorker?.addEventListener('message', () => close(true))
}
