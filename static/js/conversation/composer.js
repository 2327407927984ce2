// Handles the composer. Enter sends the message, Shift+Enter breaks the line. On a touch screen,
// which has no Shift key, Enter breaks the line. A text that is too long is marked while the user
// types, but never cut off.

const NEAR = 200 // characters
const { lang } = document.documentElement
const words = document.getElementById('words').dataset
const counted = (sentence, number) => sentence.replace('{count}', number.toLocaleString(lang))

const validate = (field) => {
  const limit = Number(field.dataset.limit)
  const left = limit - [...field.form.elements.quotation.value, ...field.value].length
  const warning = left < Math.min(NEAR, limit / 2) ? counted(words.left, left) : ''
  const count = field.form.querySelector('.composer__count')
  count.textContent = left < 0 ? counted(words.over, -left) : warning
  field.setAttribute('aria-invalid', String(left < 0))
  field.setCustomValidity(left < 0 ? field.dataset.tooLong : '')
}

// Our scripts dispatch "change", because "input" tells the other person that the user is typing.
for (const kind of ['input', 'change']) {
  document.addEventListener(kind, ({ target }) => {
    if (target.matches('.composer__text')) validate(target)
  }, true)
}

const isLineBreak = ({ shiftKey, ctrlKey, metaKey }) =>
  !ctrlKey && !metaKey && (shiftKey || matchMedia('(pointer: coarse)').matches)

document.addEventListener('keydown', (event) => {
  const field = event.target
  if (!field.matches('.composer__text') || event.key !== 'Enter' || isLineBreak(event)) return
  // In Safari, only the old key code shows that this Enter ended an input method's composition.
  if (event.isComposing || event.keyCode === 229) return
  event.preventDefault()
  field.form.requestSubmit()
})

document.addEventListener('mousedown', (event) => {
  // The field keeps the focus, or the on-screen keyboard would close.
  if (event.target.closest('.composer__send')) event.preventDefault()
})

document.addEventListener('submit', ({ target }) => {
  if (target.matches('.composer')) document.getElementById('notices').replaceChildren()
})

document.addEventListener('htmx:wsConfigSend', (event) => {
  const field = event.target.elements?.text
  if (!field || field.value.trim() && field.reportValidity()) return
  event.preventDefault()
  event.stopImmediatePropagation()
  field.focus()
}, true)
