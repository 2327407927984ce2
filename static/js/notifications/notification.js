// Asks for permission and shows notifications. They name no person unless the user chose that.

const place = document.getElementById('attention')
const site = document.querySelector('.wordmark').textContent
const { lang } = document.documentElement
let message
let close = () => {}

const at = (each) => each.querySelector('time').dateTime
const newest = () => [...document.querySelectorAll('.message--theirs:not([data-read])')]
  .sort((one, other) => (at(one) < at(other) ? -1 : 1)).at(-1)
const options = (body) => ({ body, tag: 'news', renotify: true, silent: true, lang })

// Some phones require a worker. Its notification may outlive the page, so it shows no message.
const showByWorker = async (news) => {
  const worker = await navigator.serviceWorker?.getRegistration()
  await worker?.showNotification(site, options(news))
  close = async () => { for (const shown of await worker?.getNotifications() ?? []) shown.close() }
}

export const show = async (withWords) => {
  message = newest()
  if (!message) return
  const { news } = place.firstElementChild.dataset
  const pane = message.closest('.pane')
  const text = [...message.querySelector('.message__text').written].slice(0, 200).join('')
  const title = withWords ? pane.querySelector('.pane__peer').textContent : site
  try {
    const notification = new Notification(title, options(withWords ? text : news))
    close = () => notification.close()
    notification.onclick = () => { focus(); location.hash = pane.id }
  } catch { await showByWorker(news) }
}

// Closes the notification when its message is read or gone, the user returns, or the page closes.
const forget = () => { close(); close = () => {}; message = undefined }
document.addEventListener('unread-counted', () => {
  if (!message?.isConnected || 'read' in message.dataset) forget()
})
for (const kind of ['focus', 'pagehide']) addEventListener(kind, forget)

const warn = (name) => place.querySelector('.field__error').replaceChildren(
  place.querySelector(`[data-words="${name}"]`).content.cloneNode(true))
const permission = () => window.Notification?.permission ?? 'missing'

// Asks the browser for permission only after a click on the switch.
export const ask = async ({ issueRequest }) => {
  await window.Notification?.requestPermission()
  if (permission() === 'granted') issueRequest()
  else warn(permission())
}

export const apply = async ({ requestConfig }) => {
  const { chosen, sound, announcing } = place.firstElementChild.dataset
  if (chosen) import(announcing)
  if (chosen.includes('notification') && permission() !== 'granted') warn(permission())
  if (requestConfig.elt.id !== 'sign-sound' || !chosen.includes('sound')) return
  const { play } = await import(sound) // as an example, when sound is turned on
  if (!await play().catch(() => false)) warn('silent')
}
