// Copying is the only way to keep something: of several messages comes who said what, line by line, as it was written.

// Firefox makes several ranges of one selection, around what cannot be selected.
const selected = (selection) => {
  const range = selection.getRangeAt(0).cloneRange()
  const last = selection.getRangeAt(selection.rangeCount - 1)
  range.setEnd(last.endContainer, last.endOffset)
  return range
}

// Of the first and the last message, perhaps only a part is meant.
const part = (range, text) => {
  const [isFirst, isLast] = [range.startContainer, range.endContainer].map((end) => text.contains(end))
  if (!isFirst && !isLast) return text.written
  const cut = range.cloneRange()
  if (!isFirst) cut.setStart(text, 0)
  if (!isLast) cut.setEnd(text, text.childNodes.length)
  return cut.toString()
}

const line = (range, item) => {
  const text = item.querySelector('.message__text')
  if (!text) return item.textContent.trim() // a day, or something that was missed
  const who = item.matches('.message--mine') ? '.me__name bdi' : '.pane:target .pane__peer'
  return `${document.querySelector(who).textContent}: ${part(range, text)}`
}

document.addEventListener('copy', (event) => {
  const selection = getSelection()
  if (!selection.rangeCount || event.target.matches?.('input, textarea')) return
  const range = selected(selection)
  const items = [...document.querySelectorAll('.pane:target :is(.transcript, .outbox) > li')].filter((item) => range.intersectsNode(item))
  if (items.length < 2) return
  event.clipboardData.setData('text/plain', items.map((item) => line(range, item)).join('\n'))
  event.preventDefault()
})
