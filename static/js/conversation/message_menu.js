// Opens the menu that all messages share, to react to a message or reply to it (reply.js).

const menu = document.getElementById('message-menu')

const own = (bubble) => bubble.querySelector('.reaction--mine')

const react = (bubble, value) => {
  const reaction = own(bubble)?.value === value ? '' : value // the same reaction again removes it
  const { conversation } = bubble.closest('.pane').dataset
  const { proof } = bubble.querySelector('time').dataset
  const message = bubble.id.replace('message-', '')
  const detail = { type: 'react', conversation, message, reaction, proof }
  document.dispatchEvent(new CustomEvent('frame', { detail }))
}

export default (button) => {
  const bubble = button.closest('.message')
  if (button === own(bubble)) return react(bubble, button.value)
  menu.dataset.of = bubble.id
  bubble.dataset.menu = '' // keeps the button visible, because it anchors the menu
  for (const choice of menu.querySelectorAll('[value]')) {
    choice.setAttribute('aria-pressed', String(own(bubble)?.value === choice.value))
  }
  menu.showPopover({ source: button })
  menu.querySelector('button').focus()
}

menu.addEventListener('toggle', ({ newState }) => {
  if (newState === 'closed') document.querySelector('[data-menu]')?.removeAttribute('data-menu')
})

menu.addEventListener('click', ({ target }) => {
  const button = target.closest('button')
  const bubble = document.getElementById(menu.dataset.of)
  if (!button) return
  menu.hidePopover()
  if (bubble) button.value ? react(bubble, button.value) :
    bubble.dispatchEvent(new Event('reply', { bubbles: true }))
})
