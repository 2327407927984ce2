// Accepts, declines, stops, shows and saves the files of others.

import { nameOf, show } from './card.js'
import { enlarge, save } from './dialogs.js'
import { draw } from './picture.js'
import { enqueue, isQueued, isWelcome, stop } from './queue.js'

const note = document.getElementById('file-offered').content.querySelector('.file__note')
const received = new WeakMap() // the bytes by card, as long as the page has it

const namesOf = (card) => {
  const message = card.closest('.message')
  const { proof } = message.querySelector('time').dataset
  return { message: message.id.replace('message-', ''), proof }
}

const answer = (card, type) => { // transcript.js
  card.dispatchEvent(new CustomEvent('keep', { bubbles: true, detail: { type, ...namesOf(card) } }))
}

const keep = async (card, bytes) => {
  received.set(card, bytes)
  answer(card, 'received')
  const picture = await draw(bytes, nameOf(card))
  if (picture) card.querySelector('.file__state').before(picture)
  if (card.isConnected) show(card, picture ? 'shown' : card.dataset.kind ? 'undrawn' : 'received')
}

const actions = {
  arrive: (card) => card.querySelector('.file__state').prepend(note.cloneNode(true)),
  // The user has written to the sender, so a small picture is welcome.
  welcome: (card) => {
    const isOffered = card.querySelector('[data-file="decline"]') // and not declined meanwhile
    const isHidden = document.querySelector('#appearance-note > *')
    if (!isWelcome(card) || !isOffered || isHidden) return actions.arrive(card)
    card.dataset.welcome = ''
    actions.accept(card)
  },
  accept: (card) => {
    if (isQueued(card)) return // a second click, while this script was loading
    const { conversation } = card.closest('.pane').dataset
    const { size, kind, digest } = card.dataset
    const offer = { size: Number(size), kind, digest }
    enqueue(card, { type: 'receive', conversation, ...namesOf(card), ...offer }, keep)
  },
  decline: (card) => answer(card, 'decline'),
  stop,
  show: (card) => enlarge(card, received.get(card), nameOf(card)),
  save: (card) => save(card, received.get(card), nameOf(card)),
}
export default (card, action) => actions[action](card)

// This window shows its own state, whatever other windows have received or declined.
document.addEventListener('htmx:oobBeforeSwap', ({ detail, detail: { target } }) => {
  const card = target.matches('.file__state') && target.parentElement
  if (!card) return
  card.querySelector('.kept')?.remove()
  if (isQueued(card) || received.has(card)) detail.shouldSwap = false
})
