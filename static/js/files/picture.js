// Draws pictures. A decoded one takes up to 160 MB, so cards are drawn one after another.

import sizeOf from './picture_header.js'

const MOST = [20, 15] // rem, as in files.css
const MOST_SCANS = 100 // of a progressive JPEG; each of them is as much work as the whole picture
let turn = Promise.resolve() // of the next card

// Scales a picture down to this size in CSS pixels. Browsers turn it as it says itself.
export const paint = async (bytes, name, width, height) => {
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

// The data of a scan doesn't contain the two bytes with which a scan begins.
const scansIn = (bytes) => {
  let [count, at] = [0, -1]
  while ((at = bytes.indexOf(0xff, at + 1)) >= 0) count += bytes[at + 1] === 0xda
  return count
}

const drawNext = async (bytes, name) => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const canvas = await paint(bytes, name, ...MOST.map((side) => side * rem))
  const frame = document.getElementById('file-picture').content.firstElementChild.cloneNode()
  frame.append(canvas)
  return frame
}

// Resolves with a picture for a card, or with nothing if these bytes are none that can be drawn.
export const draw = async (bytes, name) => {
  if (!sizeOf(bytes) || bytes[0] === 0xff && scansIn(bytes) > MOST_SCANS) return
  const drawn = turn.then(() => drawNext(bytes, name)).catch(() => {})
  turn = drawn.then(() => {}) // which doesn't keep the picture
  return drawn
}
