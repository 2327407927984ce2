// Copies messages as they were written, and adds their senders' names if there are several.

// Firefox splits a selection into several ranges around content that cannot be selected.
const rangeOf = (selection) => {
  const range = selection.getRangeAt(0).cloneRange()
  const last = selection.getRangeAt(selection.rangeCount - 1)
  range.setEnd(last.endContainer, last.endOffset)
  return range
}

// The first and the last message may be partly selected.
const selected = (range, text) => {
  const isFirst = text.contains(range.startContainer)
  const isLast = text.contains(range.endContainer)
  if (!isFirst && !isLast) return text.written
  const part = range.cloneRange()
  if (!isFirst) part.setStart(text, 0)
  if (!isLast) part.setEnd(text, text.childNodes.length)
  return part.toString()
}

const line = (range, item) => {
  const text = item.querySelector('.message__text')
  if (!text) return item.textContent.trim() // a day, or a note about a gap
  const sender = item.matches('.message--mine') ? '.me__name bdi' : '.pane:target .pane__peer'
  return `${document.querySelector(sender).textContent}: ${selected(range, text)}`
}

document.addEventListener('copy', (event) => {
  const selection = getSelection()
  if (!selection.rangeCount || event.target.matches?.('input, textarea')) return
  const range = rangeOf(selection)
  const items = document.querySelectorAll('.pane:target :is(.transcript, .outbox) > li')
  const copied = [...items].filter((item) => range.intersectsNode(item))
  if (copied.length < 2) return
  event.clipboardData.setData('text/plain', copied.map((item) => line(range, item)).join('\n'))
  event.preventDefault()
})

const copySelected = (text) => {
  const take = (event) => {
    event.clipboardData.setData('text/plain', text.written)
    event.preventDefault()
  }
  document.addEventListener('copy', take)
  getSelection().selectAllChildren(text)
  const isCopied = document.execCommand('copy')
  getSelection().empty()
  document.removeEventListener('copy', take)
  return isCopied
}

// navigator.clipboard is missing on plain-http addresses of a local network.
document.addEventListener('copy-message', async ({ target }) => {
  const text = target.querySelector('.message__text')
  const copying = navigator.clipboard?.writeText(text.written).then(() => true, () => false)
  const isCopied = await copying || copySelected(text)
  const { content } = document.getElementById(isCopied ? 'copied' : 'not-copied')
  document.getElementById('toast').replaceChildren(content.cloneNode(true))
})
