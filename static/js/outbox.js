// Every message is in the page until the server has answered for it: the outbox below the transcript is the only
// list of what is on its way, and is sent again whenever the connection comes back.

let socket

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
  bubble.dataset.message = id
  bubble.querySelector('.message__text').textContent = text
  bubble.querySelector('.message__fate').id = `fate-${id}`
  pane.querySelector('.outbox').append(bubble)
}

const send = (bubble) => {
  const pane = bubble.closest('.pane')
  const text = bubble.querySelector('.message__text').textContent
  const frame = { type: 'message', peer: pane.dataset.peer, id: bubble.dataset.message, text }
  if (document.body.dataset.connection === 'open') socket.send(JSON.stringify(frame))
}

document.addEventListener('htmx:wsConfigSend', (event) => {
  const form = event.target
  if (!form.matches('.composer')) return
  const { parameters } = event.detail
  parameters.id = newId()
  draw(form.closest('.pane'), parameters.id, parameters.text)
  form.reset()
  form.elements.text.dispatchEvent(new Event('input'))
})

document.addEventListener('htmx:wsOpen', (event) => {
  socket = event.detail.socketWrapper
  document.querySelectorAll('.outbox > li:not(:has(.refusal))').forEach(send)
})

// The message has come back from the server: its place is in the transcript now.
document.addEventListener('htmx:oobBeforeSwap', (event) => {
  for (const thing of event.detail.fragment.children) {
    const [, id] = /^message-\d+-(.+)$/.exec(thing.id) ?? []
    if (id) document.getElementById(`pending-${id}`)?.remove()
  }
}, true)

document.addEventListener('click', (event) => {
  const action = event.target.closest('[data-outbox]')?.dataset.outbox
  if (!action) return
  const bubble = event.target.closest('.message')
  const composer = bubble.closest('.pane').querySelector('.composer__text')
  if (action === 'retry') {
    bubble.querySelector('.message__fate').textContent = 'sending…'
    send(bubble)
  } else {
    const words = [bubble.querySelector('.message__text').textContent, composer.value]
    composer.value = words.filter(Boolean).join('\n')
    composer.dispatchEvent(new Event('input'))
    bubble.remove()
  }
  composer.focus()
})
