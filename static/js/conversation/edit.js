// Edits one's own message in the composer. Once the message shows the edit, restores the draft.

const bar = document.getElementById('editing')
const refusal = document.getElementById('edit-outcome')
const textOf = (message) => message.querySelector('.message__text')
const bare = (text) => text.replace(/[\s\p{C}]/gu, '')
let bubble, field, draft, context, shown

const fill = (text, [quotation, description], isEditing) => {
  field.setAttribute('aria-describedby', description)
  bubble.toggleAttribute('data-editing', isEditing)
  bar.hidden = !isEditing
  refusal.replaceChildren()
  field.value = text
  field.form.elements.quotation.value = quotation // of a reply (reply.js)
  field.dispatchEvent(new Event('change', { bubbles: true }))
  if (!isEditing) bubble = undefined
}

const end = (text = draft) => bubble && fill(text, context, false)

export default (target, key) => {
  if (key === 'Escape' || bar.contains(target)) {
    end()
    return field.focus()
  }
  const pane = target.closest('.pane')
  const sent = '.message--mine:has(.state--delivered, .message__edited):not(:has(.file))'
  const mine = pane.querySelectorAll(sent)
  const wanted = target.closest('.message') ?? [...mine].at(-1)
  if (!wanted || wanted === bubble) return
  end()
  bubble = wanted
  field = pane.querySelector('.composer__text')
  draft = field.value
  context = [field.form.elements.quotation.value, field.getAttribute('aria-describedby')]
  field.form.before(bar)
  fill(textOf(bubble).written, ['', `editing-words edit-outcome ${context[1]}`], true)
  field.focus()
}

document.addEventListener('htmx:wsConfigSend', (event) => {
  if (!bubble || event.target !== field.form) return
  event.preventDefault()
  event.stopImmediatePropagation()
  shown = textOf(bubble)
  const cleaned = field.value.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd() // as the server does
  if (cleaned === shown.written) return end()
  refusal.replaceChildren()
  bubble.dataset.editing = field.value // resend.js sends it again after a reconnection
  bubble.dispatchEvent(new CustomEvent('offer', { bubbles: true, detail: field.value }))
}, true) // runs before outbox.js, which would send it as a new message

document.addEventListener('htmx:wsAfterMessage', () => {
  if (bubble && !bubble.isConnected) end([field.value, draft].filter(Boolean).join('\n'))
  const sent = bubble?.dataset.editing
  const isDone = sent && textOf(bubble) !== shown && bare(textOf(bubble).written) === bare(sent)
  if (isDone && field.value === sent) end()
  else if (isDone || sent && refusal.textContent.trim()) bubble.dataset.editing = ''
})
