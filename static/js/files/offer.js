// Sends each attached file as a separate message, before the text. Keeps the files themselves.

import { about, showPicture } from './describe.js'

const { me } = document.getElementById('attach').dataset

// By the key of the message, as long as this page shows it.
export const files = new Map()

const post = (card) => {
  const { fileName, offer: { blob, kind, digest } } = card
  const file = document.getElementById('offered-file').content.firstElementChild.cloneNode(true)
  Object.assign(file.dataset, { size: blob.size, kind, digest })
  file.querySelector('.file__about').textContent = about({ blob, kind })
  const detail = [fileName, file] // outbox.js
  card.closest('.pane').dispatchEvent(new CustomEvent('post', { bubbles: true, detail }))
  showPicture(file, blob)
  files.set(file.closest('.message').id.replace('pending', me), blob)
  card.remove()
}

// Runs before composer.js, which sends nothing without a text.
addEventListener('htmx:wsConfigSend', (event) => {
  const form = event.target
  const cards = [...form.querySelectorAll('.attachment')]
  const isEditing = form.previousElementSibling?.matches('.editing:not([hidden])')
  if (!cards.length || isEditing || !form.elements.text.checkValidity()) return
  const isReady = cards.every(({ offer }) => offer)
  form.toggleAttribute('data-waits', !isReady) // compose.js
  if (isReady) {
    cards.forEach(post)
    form.querySelector('.attachments__problems').replaceChildren()
    if (form.elements.text.value.trim()) return
  }
  event.preventDefault()
  event.stopPropagation()
}, true)

// Leaving the page would lose the file (outbox.js) until the recipient has received or declined it.
document.addEventListener('htmx:load', ({ target }) => {
  const blob = target.matches('.message') && files.get(target.id.replace('message-', ''))
  if (blob) {
    target.querySelector('.file').dataset.onlyHere = ''
    showPicture(target.querySelector('.file'), blob)
  }
  if (target.matches('.file__status')) delete target.closest('.file').dataset.onlyHere
})

export const forget = (key) => {
  files.delete(key)
  delete document.querySelector(`#message-${key} > * > .file`)?.dataset.onlyHere
}

const isShown = (key) => document.getElementById(key.replace(me, 'pending')) ??
  document.getElementById(`message-${key}`)
for (const kind of ['unread-counted', 'click']) {
  document.addEventListener(kind, () => {
    for (const key of files.keys()) if (!isShown(key)) files.delete(key)
  })
}
