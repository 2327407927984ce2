// Opens the menu that all messages share, to react to a message or quote it in a reply.

const LINES = 4
const LENGTH = 200 // characters
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

// Returns the shortened text, without the lines that the message itself quotes.
const quoted = (text) => {
  const lines = text.split('\n').filter((line) => line.trim() && !line.startsWith('> '))
  const words = [...lines.slice(0, LINES).join('\n')]
  const ellipsis = lines.length > LINES || words.length > LENGTH ? '…' : ''
  const short = words.slice(0, LENGTH).join('') + ellipsis
  return short.split('\n').map((line) => `> ${line}\n`).join('')
}

const quote = (bubble) => {
  const field = bubble.closest('.pane').querySelector('.composer__text')
  field.setRangeText(quoted(bubble.querySelector('.message__text').written), 0, 0)
  field.dispatchEvent(new Event('change', { bubbles: true }))
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
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
  if (bubble) button.value ? react(bubble, button.value) : quote(bubble)
})
