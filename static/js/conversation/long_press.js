// Opens the actions of a message after a long press on a touch screen, or with the menu key.

const LONG = 500 // ms
const NEAR = 10 // px
let pointer // of the last input: undefined after a key
let timer, isOpen

const open = (message, part) =>
  message.dispatchEvent(new CustomEvent('action', { bubbles: true, detail: ['menu', part] }))

const openSheet = (message) => {
  clearTimeout(timer)
  if (!isOpen) open(message, 'sheet')
  isOpen = true
}

// Links keep the browser's own menu.
const messageOf = (target) => !target.closest('a') && target.closest('.transcript > .message')

document.addEventListener('keydown', () => { pointer = undefined }, true)
document.addEventListener('pointerdown', (event) => {
  pointer = event
  isOpen = false
  clearTimeout(timer)
  const message = event.pointerType === 'touch' && event.isPrimary && messageOf(event.target)
  if (message) timer = setTimeout(openSheet, LONG, message)
}, true)

const cancel = () => clearTimeout(timer)
for (const kind of ['pointerup', 'pointercancel', 'scroll']) {
  document.addEventListener(kind, cancel, true)
}
document.addEventListener('pointermove', ({ clientX, clientY }) => {
  if (pointer && Math.hypot(clientX - pointer.clientX, clientY - pointer.clientY) > NEAR) cancel()
})

// No click follows, which would hit the sheet.
document.addEventListener('touchend', (event) => {
  if (isOpen) event.preventDefault()
  isOpen = false
})

// Browsers send this after a long press or for the menu key, some before LONG.
document.addEventListener('contextmenu', (event) => {
  const message = messageOf(event.target)
  if (!message || pointer?.pointerType === 'mouse') return
  event.preventDefault()
  if (pointer) openSheet(message)
  else open(message, 'more')
})
