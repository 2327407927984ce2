// What is answered is quoted above what is typed already, shortened, and without what it quotes itself.

const LINES = 4
const LENGTH = 200

const quoted = (text) => {
  const lines = text.split('\n').filter((line) => line.trim() && !line.startsWith('> '))
  const words = [...lines.slice(0, LINES).join('\n')]
  const isShort = lines.length > LINES || words.length > LENGTH
  return (words.slice(0, LENGTH).join('') + (isShort ? '…' : '')).split('\n').map((line) => `> ${line}\n`).join('')
}

export default () => {
  const bubble = document.getElementById(document.getElementById('message-menu').dataset.of)
  if (!bubble) return
  const field = bubble.closest('.pane').querySelector('.composer__text')
  field.setRangeText(quoted(bubble.querySelector('.message__text').written), 0, 0)
  field.dispatchEvent(new Event('change', { bubbles: true }))
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
}
