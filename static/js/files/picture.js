// Draws pictures: on their cards, and one at a time larger in a dialog.

import sizeOf from './picture_header.js'

const MOST = [20, 15] // rem, as in files.css
const dialog = document.getElementById('picture')
let shown

// Scales a picture down to this size in CSS pixels. Browsers turn it as it says itself.
const paint = async (bytes, name, width, height) => {
  const picture = await createImageBitmap(new Blob([bytes]), { imageOrientation: 'from-image' })
  const scale = Math.min(1 / devicePixelRatio, width / picture.width, height / picture.height)
  const canvas = document.createElement('canvas')
  const scaled = (side) => Math.max(1, Math.round(side * scale * devicePixelRatio))
  Object.assign(canvas, { width: scaled(picture.width), height: scaled(picture.height) })
  canvas.setAttribute('role', 'img')
  canvas.ariaLabel = name
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return canvas
}

// Resolves with a picture for a card, or with nothing if these bytes are none that can be drawn.
export const draw = async (bytes, name) => {
  if (!sizeOf(bytes)) return
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const canvas = await paint(bytes, name, ...MOST.map((side) => side * rem)).catch(() => {})
  if (!canvas) return
  const frame = document.getElementById('file-picture').content.firstElementChild.cloneNode()
  frame.append(canvas)
  return frame
}

export const enlarge = async (card, bytes, name) => {
  const canvas = await paint(bytes, name, innerWidth, innerHeight)
  if (!card.isConnected || dialog.open) return
  shown = card
  dialog.querySelector('h2').textContent = name
  dialog.append(canvas)
  dialog.showModal()
}

dialog.addEventListener('close', () => {
  dialog.querySelector('canvas').remove()
  const detail = shown.querySelector('button[data-file="show"]')
  shown = undefined // it would keep the bytes
  document.querySelector('.pane:target')?.dispatchEvent(
    new CustomEvent('return-focus', { bubbles: true, detail }))
})
dialog.addEventListener('click', ({ target }) => { if (target === dialog) dialog.close() })
document.addEventListener('htmx:wsAfterMessage', () => {
  if (dialog.open && !shown.isConnected) dialog.close() // unsent or cleared
})
