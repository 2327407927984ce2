// Removes metadata that isn't needed to draw a picture: location, camera, author, times,
// thumbnails. `kind` is '' for anything else and for a damaged picture, whose bytes stay as they
// are. `cleaned` is true if the bytes have changed.

import gif from './gif.js'
import jpeg from './jpeg.js'
import png from './png.js'
import webp from './webp.js'

// Each yields the parts of the new file, and throws if it doesn't understand the old one.
const formats = { gif, jpeg, png, webp }
const starts = {
  gif: /^GIF8[79]a/,
  jpeg: /^\xff\xd8\xff/,
  png: /^\x89PNG\r\n\x1a\n/,
  webp: /^RIFF[^]{4}WEBP/,
}
const MAX_PARTS = 100_000

const kindOf = async (file) => {
  const bytes = new Uint8Array(await file.slice(0, 12).arrayBuffer())
  const text = String.fromCharCode(...bytes)
  return Object.keys(starts).find((kind) => starts[kind].test(text))
}

const partsOf = async (kind, bytes) => {
  const parts = []
  for await (const part of formats[kind](bytes)) {
    if (parts.push(part) > MAX_PARTS) throw new RangeError('more parts than any picture has')
  }
  return parts
}

const isSame = (bytes, parts) => {
  let at = 0
  const isNext = (byte) => byte === bytes[at++]
  return parts.every((part) => part.every(isNext)) && at === bytes.length
}

export default async (file) => {
  try {
    const kind = await kindOf(file)
    if (!kind) return { blob: file, kind: '', cleaned: false }
    const bytes = new Uint8Array(await file.arrayBuffer())
    const parts = await partsOf(kind, bytes)
    return {
      blob: new Blob(parts, { type: `image/${kind}` }),
      kind,
      cleaned: !isSame(bytes, parts),
    }
  } catch {
    return { blob: file, kind: '', cleaned: false }
  }
}
