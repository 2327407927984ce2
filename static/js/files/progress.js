// Shows the progress and result of sending a file in its message.

import { show, showProgress } from './card.js'
import { RESUME } from './protocol.js'

// A lost connection is `cut`. After 4410, the message is gone, or its sender has blocked.
const ENDS = {
  1000: 'sent', 4410: 'ended', 4411: 'refused', 4422: 'unsent', 4430: 'busy',
  stopped: 'ended', unreadable: 'unreadable',
}
const QUIET = [4401, 4403, 4404, 4409]

const cardOf = (message) => message?.querySelector('.file')

// Returns what shows it, which is passed the next time. Something else may have replaced it.
export const showPart = (message, part, view) => {
  const card = cardOf(message)
  if (!card || view && !view.isConnected) return view
  const shown = view ?? show(card, 'sending')
  showProgress(card, part)
  return shown
}

export const showEnd = (message, how, reason, view) => {
  const isShown = view ? view.isConnected : reason
  const card = cardOf(message)
  if (!card || !isShown || QUIET.includes(how)) return
  const { textContent } = card.querySelector('.file__state')
  if (reason && textContent.includes(reason)) return // as each time it was asked for
  const end = show(card, ENDS[how] ?? 'cut', reason)
  // The page that wanted it has closed, or its person doesn't want it any more.
  if (card.dataset.state !== 'cut') return
  setTimeout(() => { if (end.isConnected) show(card, 'unfinished') }, RESUME)
}
