// Keeps the chunks that a WebP is drawn from, its colour profile and its orientation.

import { webpChunk as chunk, webpChunks as chunks } from './chunks.js'
import { orientationAlone } from './exif.js'
import withoutNames from './icc.js'

const PIXELS = ['VP8 ', 'VP8L', 'ALPH']
const SIZES = { VP8X: 10, ANIM: 6 }
const FLAGS = 0x32 // colour profile, transparency, animation
const HAS_EXIF = 0x08

// A frame has a header of 16 bytes, followed by its own chunks.
const frame = (data) => {
  const needed = data.slice()
  let end = 16
  for (const [name, part] of chunks(data, end)) {
    if (!PIXELS.includes(name)) continue
    needed.set(part, end)
    end += part.length
  }
  return needed.subarray(0, end)
}

// Some programs begin it with a name, as in JPEG.
const orientation = (data) => {
  const hasName = String.fromCharCode(...data.subarray(0, 4)) === 'Exif'
  return orientationAlone(data.subarray(hasName ? 6 : 0))
}

// Without EXIF; its flag is set again if an orientation follows.
function* kept(bytes) {
  let flags
  for (const [name, part, data] of chunks(bytes, 12)) {
    if (data.length !== (SIZES[name] ?? data.length)) throw new RangeError('wrong size')
    if (name === 'VP8X') {
      const header = chunk(name, [data[0] & FLAGS, 0, 0, 0, ...data.subarray(4)])
      flags = header.subarray(8, 9)
      yield header
    } else if (name === 'ICCP') yield chunk(name, withoutNames(data))
    else if (name === 'ANMF') yield chunk(name, frame(data))
    else if (name === 'ANIM' || PIXELS.includes(name)) yield part
    else if (name === 'EXIF' && flags && orientation(data)) {
      flags[0] |= HAS_EXIF
      yield chunk(name, orientation(data))
    }
  }
}

export default function* (bytes) {
  const size = new DataView(bytes.buffer).getUint32(4, true) + 8
  if (size > bytes.length) throw new RangeError('too long')
  const header = bytes.slice(0, 12)
  yield header // whose size is known at the end
  let length = 4
  for (const part of kept(bytes.subarray(0, size))) {
    length += part.length
    yield part
  }
  new DataView(header.buffer).setUint32(4, length, true)
}
