// Every message is in the page until the server has told what became of it. The outbox below the transcript holds what
// the server has not taken yet; in the transcript, a message is "sending" until a window of the other has shown it.
// All of that is offered again whenever the connection comes back: under its own name, so that it arrives once.

const RESUME = Number(document.body.dataset.resume)

let isAnswered = true // whether the server has answered the last hello

const newId = () => {
  // randomUUID is missing on plain-http addresses of a local network.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const draw = (pane, id, text) => {
  const bubble = pane.querySelector('template.pending').content.firstElementChild.cloneNode(true)
  bubble.id = `pending-${id}`
  const words = bubble.querySelector('.message__text')
  words.textContent = words.written = text
  bubble.querySelector('.message__state').id = `fate-${id}`
  pane.querySelector('.outbox').append(bubble)
  const scroller = pane.querySelector('.pane__scroller')
  scroller.scrollTop = scroller.scrollHeight
  return bubble
}

const canOffer = () => isAnswered && document.body.dataset.connection === 'open'

const offer = (bubble) => {
  if (!canOffer()) return
  bubble.dataset.offered = ''
  const [, id] = /^(?:pending|message-\d+)-(.+)$/.exec(bubble.id)
  const text = bubble.querySelector('.message__text').written
  const type = bubble.querySelector('.message__edited') ? 'edit' : 'message'
  const proof = bubble.querySelector('time')?.dataset.proof // which only an edit needs
  const detail = { type, peer: bubble.closest('.pane').dataset.peer, id, text, proof }
  document.dispatchEvent(new CustomEvent('frame', { detail }))
}

document.addEventListener('offer', (event) => offer(event.target))

document.addEventListener('htmx:wsConfigSend', (event) => {
  const form = event.target
  if (!form.matches('.composer')) return
  const { parameters } = event.detail
  parameters.id = newId()
  // What is written while something before it was too fast lines up behind it.
  const isHeld = Boolean(document.querySelector('.outbox .state[data-seconds], .outbox > [data-held]'))
  if (isHeld || !canOffer()) event.preventDefault()
  const bubble = draw(form.closest('.pane'), parameters.id, parameters.text)
  bubble.toggleAttribute('data-held', isHeld)
  bubble.toggleAttribute('data-offered', !isHeld && canOffer())
  form.reset()
  form.elements.text.dispatchEvent(new Event('change', { bubbles: true }))
})

const offerAgain = (away) => {
  // The transcript first: what is in it is older than what the server has not taken yet.
  const inTranscript = '.transcript > .message:has(.state--sending, .state--away)'
  const inOutbox = '.outbox > .message:not([data-held]):has(.state--sending)'
  for (const bubble of [...document.querySelectorAll(inTranscript), ...document.querySelectorAll(inOutbox)]) {
    // After a longer absence nobody can tell whether it was shown: it says so, and its writer decides. The server knows
    // a message by its name for twice the time that it may wait.
    const isTaken = bubble.matches('.transcript > *')
    if (away <= (isTaken ? RESUME : 2 * RESUME) || !(isTaken || bubble.matches('[data-offered]'))) offer(bubble)
    else bubble.dispatchEvent(new Event('unknown', { bubbles: true }))
  }
}

// How long this page was away is known once the server has answered (connection.js).
document.addEventListener('htmx:wsOpen', () => { isAnswered = false })
document.addEventListener('htmx:wsAfterMessage', () => {
  if (isAnswered) return
  isAnswered = true
  offerAgain(Number(document.getElementById('away').value))
})

// The server asks for it where its memory was gone and the sockets were not.
document.addEventListener('htmx:oobBeforeSwap', (event) => {
  if (event.detail.fragment.querySelector?.('[data-offer-again]')) offerAgain(0)
})

// A message that has come back from the server has its place in the transcript now, and nowhere else.
document.addEventListener('htmx:oobBeforeSwap', (event) => {
  for (const thing of event.detail.fragment.children) {
    const [, id] = /^message-\d+-(.+)$/.exec(thing.id) ?? []
    if (!id) continue
    document.getElementById(`pending-${id}`)?.remove()
    // One that was given up and has been posted anew is the newest again, as it is for the other.
    const old = document.getElementById(thing.id)
    if (old?.matches('[data-again], :has(.state--waiting, .state--unknown)')) old.remove()
  }
}, true)
