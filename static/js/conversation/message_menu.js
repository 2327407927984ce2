// Opens the menu that all messages share: reactions, the other actions, or on a touch screen both.

const menu = document.getElementById('message-menu')
let message, pane

const own = () => message.querySelector('.reaction--mine')
const tell = (event, detail, place = message) =>
  place.dispatchEvent(new CustomEvent(event, { bubbles: true, detail }))

const keep = (type, more, place) => // transcript.js
  tell('keep', { type, proof: message.querySelector('time').dataset.proof, ...more }, place)

const react = (value) => {
  const old = own()?.value === value ? own() : undefined // the same reaction again removes it
  keep('react', { message: message.id.replace('message-', ''), reaction: old ? '' : value }, old)
}

const act = (choice) => {
  if (choice === 'unsend') keep('unsend', { id: message.id.replace(/^message-\d+-/, '') })
  else if (choice === 'reply') tell('reply')
  else if (choice === 'copy') tell('copy-message')
  else if (choice === 'edit' || choice === 'report') tell('action', [choice]) // lazy_actions.js
  else if (choice) react(choice)
}

const open = (part) => {
  const isEditable = message.matches(':has(.state--delivered, .message__edited):not(:has(.file))')
  const of = message.matches('.message--theirs') ? 'theirs' : isEditable ? 'mine' : 'fixed'
  Object.assign(menu.dataset, { of, part, files: message.querySelectorAll('.file').length })
  const reactions = menu.querySelectorAll('[aria-pressed]')
  for (const each of reactions) each.ariaPressed = own()?.value === each.value
  menu.querySelector('#any-emoji').reset()
  message.dataset.menu = pane.dataset.menu = '' // the bar anchors the menu: message.css
  if (part === 'sheet') menu.showModal() // a popover would close when the finger is lifted
  else menu.showPopover() // takes less time, because nothing becomes inert
}

const close = () => menu.open ? menu.close() : menu.hidePopover()
const finish = (choice) => {
  if (menu.open || menu.matches(':popover-open') || !('menu' in pane.dataset)) return
  for (const part of [message, pane]) delete part.dataset.menu
  pane.dispatchEvent(new CustomEvent('return-focus', { bubbles: true, detail: message }))
  if (message.isConnected) act(choice)
}

export default (target, part) => {
  message = target.closest('.message')
  pane = message.closest('.pane')
  ;(target === own() ? act : open)(part)
}

menu.addEventListener('click', ({ target }) => { if (target === menu) close() }) // backdrop
menu.addEventListener('submit', ({ target: { any }, submitter }) => {
  close()
  finish(submitter.value) // at once, because Safari lets a page copy only now
  if (any) react(any.value.trim())
})
menu.addEventListener('invalid', (event) => event.preventDefault(), true) // the menu has the words
for (const kind of ['close', 'toggle']) menu.addEventListener(kind, () => finish())
document.addEventListener('htmx:wsAfterMessage', () => { if (!message.isConnected) close() })
