// A notification names nobody and quotes nothing, unless its reader has chosen so. It goes when what it speaks of has
// been read or is gone, when somebody is back, and with the page.

const FITS = 200 // characters
const { dataset } = document.querySelector('.attention')
const site = document.querySelector('.wordmark').textContent
let about
let close = () => {}

const at = (message) => message.querySelector('time').dateTime
const newest = () => [...document.querySelectorAll('.message--theirs:not([data-read])')]
  .sort((one, other) => (at(one) < at(other) ? -1 : 1)).at(-1)

const start = (message) => [...message.querySelector('.message__text').written].slice(0, FITS).join('')
const options = (body) => ({ body, tag: 'news', renotify: true, silent: true, lang: document.documentElement.lang })

const forget = () => { close(); close = () => {}; about = undefined }

// Some phones let a worker show one, and nobody else. It may outlive the page, so it never says more than the least.
const showByWorker = async () => {
  const worker = await navigator.serviceWorker?.getRegistration()
  await worker?.showNotification(site, options(dataset.news))
  close = async () => { for (const shown of await worker?.getNotifications() ?? []) shown.close() }
}

export const show = async (withWords) => {
  about = newest()
  if (!about) return
  const pane = about.closest('.pane')
  const said = withWords ? [pane.querySelector('.pane__peer').textContent, start(about)] : [site, dataset.news]
  try {
    const notification = new Notification(said[0], options(said[1]))
    close = () => notification.close()
    notification.onclick = () => { focus(); location.hash = pane.id }
  } catch { await showByWorker() }
}

document.addEventListener('unread-counted', () => { if (!about?.isConnected || 'read' in about.dataset) forget() })
for (const kind of ['focus', 'pagehide']) addEventListener(kind, forget)

// The switches for sound and notification. The browser is asked on the click on the switch, and at no other time; what
// it refuses is said as it is.

const place = document.getElementById('attention')

const note = (about) => {
  const words = place.querySelector(`[data-words="${about}"]`).content.cloneNode(true)
  place.querySelector('.field__error').replaceChildren(words)
}

const permission = () => window.Notification?.permission ?? 'missing'

export const ask = async ({ issueRequest }) => {
  await window.Notification?.requestPermission()
  if (permission() === 'granted') issueRequest()
  else note(permission())
}

// After each time that they were drawn. Who has just turned the sound on hears it once.
export const drawn = async ({ requestConfig }) => {
  const { chosen, sound, announcing } = place.firstElementChild.dataset
  if (chosen) import(announcing)
  if (chosen.includes('notification') && permission() !== 'granted') note(permission())
  if (requestConfig.elt.id !== 'sign-sound' || !chosen.includes('sound')) return
  const { play } = await import(sound)
  if (!await play().catch(() => false)) note('silent')
}
