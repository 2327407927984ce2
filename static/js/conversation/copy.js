// Copies several messages as they were written, each with its sender's name.

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
