// Prepares a file to be offered: removes personal metadata from a picture, draws it, and computes
// the digest.

import clean from './metadata/clean.js'
import { draw } from './picture.js'
import { digestOf } from './protocol.js'

const pictureOf = async (blob, bytes, name) => {
  const frame = await draw(bytes, name)
  if (!frame) return
  const picture = document.getElementById('sent-picture').content.firstElementChild.cloneNode(true)
  picture.prepend(frame)
  return Object.assign(picture, { blob }) // describe.js
}

// Rejects if the file cannot be read.
export default async (file) => {
  await file.slice(0, 1).arrayBuffer()
  const { blob, kind, cleaned } = await clean(file)
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const picture = kind && await pictureOf(blob, bytes, file.name.normalize())
  return { blob, kind, cleaned, picture, digest: await digestOf(bytes) }
}
