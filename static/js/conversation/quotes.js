// Finds the message that a quotation was taken from, to show it, or to reply to it again if an
// unsent reply returns to the composer.

const QUOTATION = /^(?:> .*\n)+/
const notices = document.getElementById('notices')
const button = document.getElementById('quote-button').content.firstElementChild
const gone = document.getElementById('quote-gone').content

// Returns what a reply to this text quotes of it (reply.js), before it is shortened.
export const quotable = (text) =>
  text.split('\n').filter((line) => line.trim() && !line.startsWith('> ')).join('\n')

// Prefers a message that is quoted as a whole to one that has these words among others.
const find = (message, quotation) => {
  const quoted = quotation.replace(/^> /gm, '').trimEnd()
  const messages = [...message.closest('.pane').querySelectorAll('.message')]
  const earlier = messages.slice(0, messages.indexOf(message)).reverse()
  const whole = (each) => quotable(each.querySelector('.message__text').written)
  const part = quoted.replace(/…$/, '')
  return earlier.find((each) => whole(each).trimEnd() === quoted) ??
    earlier.find((each) => part && whole(each).includes(part))
}

const show = (message) => {
  notices.replaceChildren(...message ? [] : [gone.cloneNode(true)])
  if (!message) return
  message.focus({ preventScroll: true })
  message.scrollIntoView({ block: 'center' })
  message.dataset.found = ''
}

document.addEventListener('animationend', ({ target }) => { delete target.dataset.found })

document.addEventListener('click', ({ target }) => {
  const quote = target.closest('.quote')
  const isSelection = !getSelection().isCollapsed && !target.closest('.quote__button')
  if (quote && !isSelection) show(find(quote.closest('.message'), quote.textContent))
})

document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  for (const quote of fragment.querySelectorAll('.quote')) quote.append(button.cloneNode(true))
})

// Runs before retry.js puts the rest of the text into the composer.
document.addEventListener('click', ({ target }) => {
  const message = target.closest('[data-outbox="edit"]')?.closest('.message')
  const text = message?.querySelector('.message__text')
  const [quotation] = QUOTATION.exec(text?.written) ?? []
  const original = quotation && find(message, quotation)
  if (!original || message.closest('.pane').querySelector('[name="quotation"]').value) return
  const reply = new CustomEvent('reply', { bubbles: true, cancelable: true, detail: quotation })
  if (original.dispatchEvent(reply)) text.written = text.written.slice(quotation.length)
}, true)
