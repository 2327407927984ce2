// Enter sends, Shift+Enter breaks the line, and nobody is interrupted while composing a character.
// What is too long is said so while it is still being written, and never cut off.

const NEAR = 200
const words = document.getElementById('words').dataset

const say = (sentence, number) => sentence.replace('{count}', number.toLocaleString(document.documentElement.lang))

const validate = (field) => {
  const limit = Number(field.dataset.limit)
  const left = limit - [...field.value].length
  const count = field.form.querySelector('.composer__count')
  count.textContent = left < 0 ? say(words.over, -left) : left < Math.min(NEAR, limit / 2) ? say(words.left, left) : ''
  field.setAttribute('aria-invalid', String(left < 0))
  field.setCustomValidity(left < 0 ? field.dataset.tooLong : '')
}

// "change" is what our own scripts say: typing is what a person does.
for (const kind of ['input', 'change']) {
  document.addEventListener(kind, (event) => {
    if (event.target.matches('.composer__text')) validate(event.target)
  }, true)
}

document.addEventListener('keydown', (event) => {
  const field = event.target
  if (!field.matches('.composer__text') || event.key !== 'Enter' || event.shiftKey) return
  // Safari ends a composition first, and says only by the old key code that this Enter belonged to it.
  if (event.isComposing || event.keyCode === 229) return
  event.preventDefault()
  field.form.requestSubmit()
})

// What was wrong with the last attempt is no news any more when the next one is made.
document.addEventListener('submit', (event) => {
  if (event.target.matches('.composer')) document.getElementById('notices').replaceChildren()
})

document.addEventListener('htmx:wsConfigSend', (event) => {
  const field = event.target.elements?.text
  if (field && (!field.value.trim() || !field.reportValidity())) {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
}, true)

// To somebody who is blocked one cannot write. The focus goes on to what takes the place of what is gone.

const isLost = () => document.activeElement === document.body ||
  document.activeElement.closest('.menu, .composer, .pane__blocked')

for (const state of ['online', 'offline', 'blocked']) {
  document.addEventListener(`presence-${state}`, (event) => {
    if (!event.target.matches('.pane__presence')) return
    const pane = event.target.closest('.pane')
    const isBlocked = state === 'blocked'
    const fields = pane.querySelectorAll('.composer > :is(textarea, button)')
    if (fields[0].disabled === isBlocked) return
    const wanted = pane.matches(':target') && isLost() && (isBlocked ? pane.querySelector('.pane__blocked button') : fields[0])
    for (const field of fields) field.disabled = isBlocked
    if (wanted) wanted.focus()
  })
}

// What was chosen in a menu is done: it does not stay open over what comes of it.
document.addEventListener('submit', ({ submitter }) => submitter?.closest('.menu')?.hidePopover())
