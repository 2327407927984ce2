// Opens the menu that all messages share: reactions, the other actions, or on a touch screen both.

const menu = document.getElementById('message-menu')
let message, pane

const own = () => message.querySelector('.reaction--mine')
const tell = (event, detail, place = message) =>
  place.dispatchEvent(new CustomEvent(event, { bubbles: true, detail }))

const keep = (type, more, place) => tell('keep', { // transcript.js
  type, proof: message.querySelector('time').dataset.proof, ...more
}, place)

const react = (value) => {
  const old = own()?.value === value ? own() : undefined // the same reaction again removes it
  keep('react', { message: message.id.replace('message-', ''), reaction: old ? '' : value }, old)
}

const act = (choice) => {
  if (choice === 'unsend') keep('unsend', { id: message.id.replace(/^message-\d+-/, '') })
  else if (choice === 'reply') tell('reply')
  else if (choice === 'edit' || choice === 'report') tell('action', [choice]) // lazy_actions.js
  else if (choice) react(choice)
}

const open = (part) => {
  const isMine = message.matches('.message--mine')
  const isSent = message.querySelector('.state--delivered, .message__edited')
  menu.querySelector('[value="edit"]').hidden = !isMine || !isSent
  menu.querySelector('[value="unsend"]').hidden = !isMine
  menu.querySelector('[value="report"]').hidden = isMine
  for (const choice of menu.querySelectorAll('[aria-pressed]')) {
    choice.ariaPressed = String(own()?.value === choice.value)
  }
  menu.querySelector('#any-emoji').reset()
  menu.dataset.part = part
  menu.returnValue = ''
  message.dataset.menu = pane.dataset.menu = '' // the bar anchors the menu: message.css
  menu.showModal()
}

export default (target, part) => {
  message = target.closest('.message')
  pane = message.closest('.pane')
  ;(target === own() || part === 'reply' ? act : open)(part)
}

menu.addEventListener('click', ({ target }) => {
  const isCopy = target.closest('[value="copy"]')
  if (isCopy || target === menu) menu.close() // also on the backdrop
  if (isCopy) tell('copy-message') // not on `close`, when Safari refuses
})
menu.addEventListener('submit', ({ target: { any } }) => { if (any) react(any.value.trim()) })
menu.addEventListener('invalid', (event) => event.preventDefault(), true) // the menu has the words
document.addEventListener('htmx:wsAfterMessage', () => { if (!message.isConnected) menu.close() })
menu.addEventListener('close', () => {
  for (const part of [message, pane]) delete part.dataset.menu
  pane.dispatchEvent(new CustomEvent('return-focus', { bubbles: true, detail: message }))
  if (message.isConnected) act(menu.returnValue)
})
