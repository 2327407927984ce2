// Shows in a message how much of its file was sent, and how that ended.

import { RESUME } from './protocol.js'

const { sending } = document.getElementById('attach').dataset
const { lang } = document.documentElement
const SPOKEN = [1, 0.5, 0] // what a screen reader says
// A lost connection is `interrupted`. After 4410, the message is gone, or its sender has blocked.
const ENDS = {
  1000: 'sent', 4410: 'stopped', 4411: 'refused', 4422: 'failed', 4430: 'busy',
  stopped: 'stopped', unreadable: 'unreadable',
}
const QUIET = [4401, 4403, 4404, 4409]

const put = (message, name) => {
  const { content } = document.getElementById(`upload-${name}`)
  const view = content.firstElementChild.cloneNode(true)
  for (const place of view.querySelectorAll('bdi')) {
    place.textContent = message.closest('.pane').querySelector('.pane__peer').textContent
  }
  message.querySelector('.file__state').replaceChildren(view)
  htmx.trigger(view, 'htmx:load') // message_actions.js
  return view
}

const inPercent = (part) => part.toLocaleString(lang, { style: 'percent' })

// Returns what shows it, which is passed the next time. Something else may have replaced it.
export const showPart = (message, part, view = put(message, 'sending')) => {
  const [bar, percent, spoken] = view.children
  const { written } = message.querySelector('.message__text')
  const said = inPercent(SPOKEN.find((each) => each <= part))
  const words = sending.replace('{name}', () => written)
  bar.value = part
  bar.ariaLabel = words
  percent.textContent = inPercent(Math.floor(100 * part) / 100)
  if (!spoken.textContent.endsWith(said)) spoken.textContent = `${words}: ${said}`
  return view
}

export const showEnd = (message, how, reason, view) => {
  const isShown = view ? view.isConnected : reason
  if (!message || !isShown || QUIET.includes(how)) return
  const name = ENDS[how] ?? 'interrupted'
  const place = message.querySelector('.file__state')
  if (reason && place.textContent.includes(reason)) return // as each time it was asked for
  const end = put(message, name)
  if (reason) (end.firstElementChild ?? end).append(` ${reason}`)
  // The page that wanted it has closed, or its person doesn't want it any more.
  if (name !== 'interrupted') return
  setTimeout(() => { if (end.isConnected) put(message, 'unfinished') }, RESUME)
}
