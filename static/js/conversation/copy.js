// Copies messages as they were written, several with their senders' names, and the site's address.

// The first and the last message may be partly selected.
const selected = (range, text) => {
  const part = range.cloneRange()
  if (!text.contains(range.startContainer)) part.setStart(text, 0)
  if (!text.contains(range.endContainer)) part.setEnd(text, text.childNodes.length)
  return part.toString() === text.textContent ? text.written : part.toString()
}

const line = (range, item) => {
  const text = item.querySelector('.message__text')
  if (!text) return item.textContent.trim() // a line for a day or a gap
  const sender = item.matches('.message--mine') ? '.me__name bdi' : '.pane:target .pane__peer'
  return `${document.querySelector(sender).textContent}: ${selected(range, text)}`
}

const severalMessages = ({ target }) => {
  const selection = getSelection()
  if (!selection.rangeCount || target.matches?.('input, textarea')) return
  const range = selection.getRangeAt(0).cloneRange()
  // Firefox splits a selection into several ranges around content that cannot be selected.
  const last = selection.getRangeAt(selection.rangeCount - 1)
  range.setEnd(last.endContainer, last.endOffset)
  const items = document.querySelectorAll('.pane:target :is(.transcript, .outbox) > li')
  const copied = [...items].filter((item) => range.intersectsNode(item))
  if (copied.length > 1) return copied.map((item) => line(range, item)).join('\n')
}

let wanted // while a whole element is copied
document.addEventListener('copy', (event) => {
  const text = wanted ?? severalMessages(event)
  if (!text) return
  event.clipboardData.setData('text/plain', text)
  event.preventDefault()
})

const copy = async (element) => {
  const text = element.written ?? element.textContent
  let isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false)
  if (!isCopied) { // also on plain-http addresses of a local network, without navigator.clipboard
    wanted = text
    getSelection().selectAllChildren(element)
    isCopied = document.execCommand('copy')
    getSelection().empty()
    wanted = undefined
  }
  const { content } = document.getElementById(isCopied ? 'copied' : 'not-copied')
  document.getElementById('toast').replaceChildren(content.cloneNode(true))
}

document.addEventListener('copy-message', ({ target }) =>
  copy(target.querySelector('.message__text')))

export default () => { // lazy_actions.js: the button that invites people
  const address = document.querySelector('.invite__address')
  if (!navigator.share) return copy(address)
  navigator.share({ url: address.textContent })
    .catch(({ name }) => name === 'AbortError' || copy(address))
}
