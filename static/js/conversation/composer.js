// Handles the composer. Enter sends the message, Shift+Enter breaks the line. A text that is too
// long is marked while the user types, but never cut off.

const NEAR = 200 // characters
const { lang } = document.documentElement
const words = document.getElementById('words').dataset
const counted = (sentence, number) => sentence.replace('{count}', number.toLocaleString(lang))

const validate = (field) => {
  const limit = Number(field.dataset.limit)
  const left = limit - [...field.value].length
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

document.addEventListener('keydown', (event) => {
  const field = event.target
  if (!field.matches('.composer__text') || event.key !== 'Enter' || event.shiftKey) return
  // In Safari, only the old key code shows that this Enter ended an input method's composition.
  if (event.isComposing || event.keyCode === 229) return
  event.preventDefault()
  field.form.requestSubmit()
})

document.addEventListener('submit', ({ target, submitter }) => {
  if (target.matches('.composer')) document.getElementById('notices').replaceChildren()
  submitter?.closest('.menu')?.hidePopover()
})

document.addEventListener('htmx:wsConfigSend', (event) => {
  const field = event.target.elements?.text
  if (!field || field.value.trim() && field.reportValidity()) return
  event.preventDefault()
  event.stopImmediatePropagation()
}, true)

// A block replaces the composer, and an unblock restores it. Keeps the focus within the pane.
for (const state of ['online', 'offline', 'blocked']) {
  document.addEventListener(`presence-${state}`, ({ target }) => {
    const pane = target.closest('.pane')
    const fields = pane?.querySelectorAll('.composer > :is(textarea, button)')
    const isBlocked = state === 'blocked'
    if (!pane || fields[0].disabled === isBlocked) return
    const focused = document.activeElement
    const isLost = focused === document.body || focused.closest('.menu, .composer, .pane__blocked')
    const next = isBlocked ? pane.querySelector('.pane__blocked button') : fields[0]
    for (const field of fields) field.disabled = isBlocked
    if (isLost && pane.matches(':target')) next.focus()
  })
}
