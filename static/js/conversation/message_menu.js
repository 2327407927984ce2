// One menu serves every message: what one feels about it, and answering it. The same once more takes a reaction away.

const menu = document.getElementById('message-menu')

const own = (bubble) => bubble.querySelector('.reaction--mine')

const send = (bubble, reaction) => {
  const peer = bubble.closest('.pane').dataset.peer
  const { proof } = bubble.querySelector('time').dataset
  const detail = { type: 'react', peer, message: bubble.id.replace('message-', ''), reaction, proof }
  if (document.body.dataset.connection === 'open') document.dispatchEvent(new CustomEvent('frame', { detail }))
}

export default (button) => {
  const bubble = button.closest('.message')
  if (button === own(bubble)) return send(bubble, '')
  menu.dataset.of = bubble.id
  bubble.dataset.menu = '' // whose button stays where it is, since the menu hangs on it
  for (const each of menu.querySelectorAll('[value]')) each.setAttribute('aria-pressed', String(own(bubble)?.value === each.value))
  menu.showPopover({ source: button })
  menu.querySelector('button').focus()
}

menu.addEventListener('toggle', ({ newState }) => {
  if (newState === 'closed') for (const bubble of document.querySelectorAll('[data-menu]')) delete bubble.dataset.menu
})

menu.addEventListener('click', ({ target }) => {
  const chosen = target.closest('[value]')
  const bubble = document.getElementById(menu.dataset.of)
  if (!target.closest('button')) return
  menu.hidePopover()
  if (!bubble) return
  if (chosen) send(bubble, own(bubble)?.value === chosen.value ? '' : chosen.value)
  else quote(bubble)
})

// What is answered is quoted above what is typed already, shortened, and without what it quotes itself.

const LINES = 4
const LENGTH = 200

const quoted = (text) => {
  const lines = text.split('\n').filter((line) => line.trim() && !line.startsWith('> '))
  const words = [...lines.slice(0, LINES).join('\n')]
  const isShort = lines.length > LINES || words.length > LENGTH
  return (words.slice(0, LENGTH).join('') + (isShort ? '…' : '')).split('\n').map((line) => `> ${line}\n`).join('')
}

const quote = (bubble) => {
  const field = bubble.closest('.pane').querySelector('.composer__text')
  field.setRangeText(quoted(bubble.querySelector('.message__text').written), 0, 0)
  field.dispatchEvent(new Event('change', { bubbles: true }))
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
}
