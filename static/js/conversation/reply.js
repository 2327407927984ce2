// Replies to a message. A bar above the composer shows the quotation, which goes before the text
// when it is sent. The composer's hidden field holds it. Without a quotation, the bar is hidden.

import { quotable } from './quotes.js'

const LINES = 4
const LENGTH = 200 // characters

const shorten = (text) => {
  const lines = quotable(text).split('\n')
  const words = [...lines.slice(0, LINES).join('\n')]
  const ellipsis = lines.length > LINES || words.length > LENGTH ? '…' : ''
  return words.slice(0, LENGTH).join('') + ellipsis
}

const setQuotation = (form, quotation) => {
  const { quotation: field, text } = form.elements
  field.value = quotation
  text.dispatchEvent(new Event('change', { bubbles: true })) // composer.js counts both
  text.focus()
}

// An event with `detail` asks for exactly this quotation, or is canceled.
document.addEventListener('reply', (event) => {
  const { target, detail } = event
  const pane = target.closest('.pane')
  const form = pane.querySelector('.composer')
  const quoted = shorten(target.querySelector('.message__text').written)
  const quotation = quoted.replace(/^.*$/gm, '> $&').concat('\n')
  if (form.elements.text.disabled || detail && detail !== quotation) return event.preventDefault()
  const isMine = target.matches('.message--mine')
  pane.querySelector('.editing:not([hidden]) button')?.click() // edit.js restores the draft
  form.querySelector('.reply__theirs').hidden = isMine
  form.querySelector('.reply__mine').hidden = !isMine
  form.querySelector('.reply__text').textContent = quoted
  setQuotation(form, quotation)
})

// The bar's button is handled here, not in message_menu.js, which may have to be loaded first: what
// the user types next belongs to the reply.
document.addEventListener('click', ({ target }) => {
  if (target.closest('.reply__cancel')) setQuotation(target.closest('.composer'), '')
  const message = target.closest('.message-actions__reply')?.closest('.message')
  message?.dispatchEvent(new CustomEvent('reply', { bubbles: true, cancelable: true }))
})

document.addEventListener('keydown', (event) => {
  const form = event.target.closest('.composer')
  if (event.key !== 'Escape' || event.isComposing || !form?.elements.quotation.value) return
  event.preventDefault()
  setQuotation(form, '')
})

// Runs after composer.js has checked the length, and before outbox.js shows the message.
document.addEventListener('htmx:wsConfigSend', ({ target, detail: { parameters } }) => {
  const { quotation } = target.elements ?? {}
  if (!quotation) return
  parameters.text = quotation.value + parameters.text
  quotation.value = ''
}, true)
