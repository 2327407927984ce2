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
