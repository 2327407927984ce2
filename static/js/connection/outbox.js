// Shows each sent message in the outbox of its pane until the server returns it for the transcript.

const newId = () => {
  // crypto.randomUUID() is missing on plain-http addresses of a local network.
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))]
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, '$1-$2-4$3-8$4-$5')
}

// resend.js sends the message itself, now and after each reconnection.
const post = (pane, text, file) => {
  const id = newId()
  // While one message waits for the rate limit, later ones queue behind it.
  const isQueued = document.querySelector('.outbox .state[data-seconds], .outbox > [data-queued]')
  const bubble = pane.querySelector('template.pending').content.firstElementChild.cloneNode(true)
  bubble.id = `pending-${id}`
  bubble.querySelector('.message__state').id = `outcome-${id}`
  const words = bubble.querySelector('.message__text')
  words.textContent = words.written = text
  if (file) words.after(file)
  pane.querySelector('.outbox').append(bubble)
  const scroller = pane.querySelector('.pane__scroller')
  scroller.scrollTop = scroller.scrollHeight
  if (isQueued) bubble.dataset.queued = ''
  else bubble.dispatchEvent(new Event('offer', { bubbles: true }))
}
document.addEventListener('post', ({ target, detail }) => post(target, ...detail)) // offer.js
document.addEventListener('htmx:wsConfigSend', (event) => {
  const form = event.target
  if (!form.matches('.composer')) return
  event.preventDefault()
  post(form.closest('.pane'), event.detail.parameters.text)
  form.reset()
  form.elements.text.dispatchEvent(new Event('change', { bubbles: true }))
})

// A returned message appears in the transcript only, so removes it from the outbox.
document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  for (const { id } of fragment.children) {
    const [, name] = /^message-\d+-(.+)$/.exec(id) ?? []
    if (!name) continue
    document.getElementById(`pending-${name}`)?.remove()
    // A message that is posted again becomes the newest, as it does for its recipient.
    const old = document.getElementById(id)
    if (old?.matches('[data-again], :has(.state--waiting, .state--unknown)')) old.remove()
  }
}, true)

const isUnsent = () =>
  document.querySelector('.outbox > li, .message:has(.state--waiting, .state--unknown)') ||
  document.querySelector('.kept, [data-only-here]') ||
  [...document.querySelectorAll('.composer__text')].some((field) => field.value.trim())

const isAsked = () => document.querySelector('#sign-leaving[aria-checked="true"]') &&
  document.querySelector('.transcript > .message')

addEventListener('beforeunload', (event) => {
  const isLoggedOut = document.querySelector('meta[http-equiv="refresh"]')
  if ((isUnsent() || isAsked()) && !isLoggedOut) event.preventDefault()
})
