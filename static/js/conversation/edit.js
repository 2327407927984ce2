// One's own message is changed in the composer. What was typed there before comes back afterwards; what is changed stays
// until the bubble shows it, whatever becomes of the wire, and in whatever words it is refused.

const bar = document.getElementById('editing')
const fate = document.getElementById('edit-fate')
let bubble, form, before, described, sent, shown, isBack

const said = (of) => of.querySelector('.message__text')
const cleaned = (text) => text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd() // as the server does
const bare = (text) => text.replace(/[\s\p{C}]/gu, '')

const fill = (text) => {
  form.elements.text.value = text
  form.elements.text.dispatchEvent(new Event('change', { bubbles: true }))
}

const end = (text = before) => {
  if (!bubble) return
  delete bubble.dataset.editing
  document.getElementById('hand').append(bar)
  bar.hidden = true
  form.elements.text.setAttribute('aria-describedby', described)
  fill(text)
  bubble = sent = undefined
}

const newest = (pane) => [...pane.querySelectorAll('.transcript > .message--mine')]
  .findLast((message) => message.matches(':has(.state--delivered, .message__edited)'))

export default (target) => {
  const meant = target.closest('.message') ?? newest(target.closest('.pane'))
  if (!meant || meant === bubble) return
  end()
  bubble = meant
  bubble.dataset.editing = ''
  form = bubble.closest('.pane').querySelector('.composer')
  before = form.elements.text.value
  described = form.elements.text.getAttribute('aria-describedby')
  form.elements.text.setAttribute('aria-describedby', `editing-words edit-fate ${described}`)
  fate.replaceChildren()
  form.before(bar)
  bar.hidden = false
  fill(said(bubble).written)
  form.elements.text.focus()
}

const offer = () => {
  if (document.body.dataset.connection !== 'open') return
  const [, id] = /^message-\d+-(.+)$/.exec(bubble.id)
  const { proof } = bubble.querySelector('time').dataset
  const detail = { type: 'edit', peer: form.closest('.pane').dataset.peer, id, text: sent, proof }
  document.dispatchEvent(new CustomEvent('frame', { detail }))
}

// Captured: the outbox would take it for something new to say.
document.addEventListener('htmx:wsConfigSend', (event) => {
  if (!bubble || event.target !== form) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const text = form.elements.text.value
  shown = said(bubble)
  if (cleaned(text) === shown.written) return end()
  fate.replaceChildren()
  sent = text
  offer()
}, true)

document.addEventListener('htmx:wsOpen', () => { isBack = true })

// What has come with the first frame of a new connection is what was missed: the change may be among it.
document.addEventListener('htmx:wsAfterMessage', () => {
  if (bubble && !bubble.isConnected) end([form.elements.text.value, before].filter(Boolean).join('\n'))
  if (bubble && sent !== undefined) {
    const isDone = said(bubble) !== shown && bare(said(bubble).written) === bare(sent)
    if (isDone && form.elements.text.value === sent) end()
    else if (isDone || fate.textContent.trim()) sent = undefined
    else if (isBack) offer()
  }
  isBack = false
})

const leave = (event) => {
  if (!bubble) return
  event.preventDefault()
  end()
  form.elements.text.focus()
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing) return
  if (event.target === form?.elements.text || bar.contains(event.target)) leave(event)
})

bar.querySelector('button').addEventListener('click', leave)
