// Shows the name, the kind, the size and a small picture of a file that will be sent.

import sizeOf from './picture_header.js'

const words = document.getElementById('attach').dataset
const { lang } = document.documentElement
const SIDE = 96 // px
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

// The policy forbids <img> with a blob: URL.
const draw = async (canvas, blob) => {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const picture = sizeOf(bytes) && await createImageBitmap(blob).catch(() => {})
  if (!picture) return
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
  canvas.width = Math.max(1, picture.width * scale)
  canvas.height = Math.max(1, picture.height * scale)
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
  canvas.hidden = false
  picture.close()
}

export const showOffer = (card, offer) => {
  const { blob, kind, cleaned } = offer
  part(card, 'size').textContent = about(offer)
  part(card, 'note').textContent = cleaned ? words.cleaned : kind ? '' : words.kept
  if (kind) draw(part(card, 'picture'), blob)
}
