// Shows the name, kind, size and thumbnail of a file that is sent.

import { nameOf } from './card.js'
import { enlarge } from './dialogs.js'

const words = document.getElementById('attach').dataset
const pictures = new WeakMap() // by file
const { lang } = document.documentElement
const MEGABYTE = 1_000_000 // bytes

const number = (value, digits) => value.toLocaleString(lang, {
  minimumFractionDigits: digits, maximumFractionDigits: digits,
})

// As the server does (messaging/rendering/files.py).
const inWords = (size) => size < MEGABYTE
  ? words.kilobytes.replace('{size}', number(Math.max(1, size / 1000), 0))
  : words.megabytes.replace('{size}', number(size / MEGABYTE, size < 9.95 * MEGABYTE ? 1 : 0))

export const about = ({ blob, kind }) =>
  (kind ? words.picture : words.other).replace('{size}', inWords(blob.size))

export const part = (card, name) => card.querySelector(`.attachment__${name}`)

// The extension is not cut off, because it says what the file is.
export const showName = (card, name) => {
  const [, stem, extension = ''] = /^(.+?)(\.[^.]+)?$/s.exec(name)
  const [first, last] = part(card, 'name').children
  first.textContent = stem
  last.textContent = extension
  part(card, 'remove').lastElementChild.textContent = name
}

export const showOffer = (card, offer) => {
  const { blob, kind, cleaned, picture } = offer
  part(card, 'size').textContent = about(offer)
  part(card, 'note').textContent = cleaned ? words.cleaned : kind ? '' : words.kept
  if (!picture) return
  pictures.set(blob, picture)
  part(card, 'picture').append(picture)
}

// Moves the picture from the composer to the message in the outbox, and then to its replacement.
export const showPicture = (card, blob) => {
  const picture = pictures.get(blob)
  if (!picture) return
  card.querySelector('.file__state').before(picture)
  htmx.trigger(picture, 'htmx:load') // message_actions.js
}

document.addEventListener('click', async ({ target }) => {
  const picture = target.closest('.file__sent [data-file]')?.parentElement
  const bytes = await picture?.blob.arrayBuffer().catch(() => {})
  const card = picture?.parentElement
  if (bytes) enlarge(card, new Uint8Array(bytes), nameOf(card))
  else if (picture) picture.lastElementChild.disabled = true // the file is gone
})
