// Receives accepted files, a few at a time, and shows the progress on each card.

import { show, showProgress } from './card.js'
import transfer from './transfer.js'

const AT_ONCE = 3
const SMALL = 2_000_000 // bytes
const MOST_WELCOME = 50 // pictures: a sender must not fill the memory of a phone
const waiting = new Map() // how to begin, by card
const running = new Map() // how to stop, by card

export const isQueued = (card) => running.has(card) || waiting.has(card)

// Returns whether a picture is received before the user has accepted it.
export const isWelcome = ({ dataset: { kind, size } }) => kind && size <= SMALL &&
  document.querySelectorAll('.file[data-welcome]').length < MOST_WELCOME

const begin = async (card, frame, keep) => {
  const stop = new AbortController()
  const tell = (state, detail) => {
    if (!card.isConnected) return stop.abort() // unsent or cleared
    if (card.dataset.state !== state || state !== 'receiving') show(card, state, detail)
    if (state === 'receiving') showProgress(card, detail)
  }
  running.set(card, stop)
  show(card, 'waiting')
  const bytes = await transfer(frame, tell, stop.signal)
  running.delete(card)
  if (bytes && card.isConnected) keep(card, bytes)
  goOn()
}

const goOn = () => {
  for (const [card, start] of waiting) {
    if (card.isConnected && running.size === AT_ONCE) return
    waiting.delete(card)
    if (card.isConnected) start()
  }
}

// Calls `keep` with the card and the bytes, if all arrive while the card is on the page.
export const enqueue = (card, frame, keep) => {
  waiting.set(card, () => begin(card, frame, keep))
  show(card, 'queued')
  goOn()
}

export const stop = (card) => {
  running.get(card)?.abort()
  if (waiting.delete(card)) show(card, 'offered')
}

// The user has cleared the screen, or a message is gone, so no bytes may stay.
document.addEventListener('unread-counted', () => {
  for (const [card, stopped] of running) if (!card.isConnected) stopped.abort()
})
