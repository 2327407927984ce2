// Sends each message, and resends it after each reconnection until a window of its recipient has
// shown it. The server recognises it by its id.

const RESUME = Number(document.body.dataset.resume) // seconds that a message waits on the server
const TAKEN = '.transcript > .message:has(.state--sending, .state--away)'
const PENDING = '.outbox > .message:not([data-queued]):has(.state--sending)'
let isAnswered = true // whether the server has answered the last hello

const send = (bubble, edit) => {
  if (!isAnswered || document.body.dataset.connection !== 'open') return
  if (!edit) bubble.dataset.offered = ''
  const [, id] = /^(?:pending|message-\d+)-(.+)$/.exec(bubble.id)
  const { conversation } = bubble.closest('.pane').dataset
  const type = edit || bubble.querySelector('.message__edited') ? 'edit' : 'message'
  const text = edit ?? bubble.querySelector('.message__text').written
  const proof = bubble.querySelector('time')?.dataset.proof // needed only for an edit
  const { size, kind, digest } = bubble.querySelector('.file')?.dataset ?? {}
  const file = size && { size: Number(size), kind, digest }
  const detail = { type, conversation, id, text, proof, file }
  document.dispatchEvent(new CustomEvent('frame', { detail }))
}

const setState = (bubble, name) => bubble.querySelector('.message__state').replaceChildren(
  bubble.closest('.pane').querySelector(`template.${name}`).content.cloneNode(true))

document.addEventListener('offer', ({ target, detail }) => send(target, detail))
document.addEventListener('retry', ({ target }) => {
  target.dataset.again = ''
  setState(target, 'sending')
  send(target)
})

const sendAgain = (away) => {
  document.dispatchEvent(new Event('answered')) // transcript.js: an unsent message stays so
  for (const bubble of [TAKEN, PENDING].flatMap((each) => [...document.querySelectorAll(each)])) {
    // After a longer absence, the message may or may not have been shown, so its sender decides.
    // The server remembers an id for twice the time that a message waits.
    const isTaken = bubble.matches(TAKEN)
    const isNew = !isTaken && !bubble.matches('[data-offered]')
    if (isNew || away <= RESUME * (isTaken ? 1 : 2)) send(bubble)
    else setState(bubble, 'unknown')
  }
}

const sendEdit = () => document.querySelectorAll('[data-editing]:not([data-editing=""])')
  .forEach((bubble) => send(bubble, bubble.dataset.editing))

// Only the server's first answer says how long the page was away (monitor.js).
document.addEventListener('htmx:wsOpen', () => { isAnswered = false })
document.addEventListener('htmx:wsAfterMessage', () => {
  if (isAnswered) return
  isAnswered = true
  sendAgain(Number(document.getElementById('away').value))
  setTimeout(sendEdit) // unless edit.js finds that this first frame shows the edit
})

// The server asks for messages again after it has lost its memory.
document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  if (fragment.querySelector('[data-resync]')) sendAgain(0)
})
