// Keeps the segments that a JPEG is drawn from, its colour profile and its orientation.

import { orientationAlone } from './exif.js'
import withoutNames from './icc.js'
import segments from './jpeg_segments.js'

const [EOI, SOS, APP0, APP1, APP2, APP14, APP15] = [0xd9, 0xda, 0xe0, 0xe1, 0xe2, 0xee, 0xef]
const COMMENT = 0xfe
// Frames that browsers draw; tables of Huffman codes and quantization; lines; restart interval.
const NEEDED = new Set([0xc0, 0xc1, 0xc2, 0xc4, 0xdb, 0xdc, 0xdd])

const nameOf = (part) => String.fromCharCode(...part.subarray(4, 16)).split('\0')[0]
const written = (marker, data) => new Uint8Array([0xff, marker, 0, data.length + 2, ...data])

// A profile comes in numbered chunks, each after a name, its number and how many there are.
async function* profile(chunks) {
  chunks.sort((one, other) => one[16] - other[16])
  const isNext = (chunk, index) => chunk[16] === index + 1 && chunk[17] === chunks.length
  if (!chunks.every(isNext)) throw new RangeError('a chunk too many or too few')
  const data = new Blob(chunks.map((chunk) => chunk.subarray(18)))
  const needed = withoutNames(new Uint8Array(await data.arrayBuffer()))
  let at = 0
  for (const chunk of chunks) {
    const part = chunk.slice()
    part.set(needed.subarray(at, (at += part.length - 18)), 18)
    yield part
  }
}

// Drops the thumbnail, author, location and maker notes.
function* application(marker, part) {
  const name = nameOf(part)
  if (marker === APP0 && name === 'JFIF') yield written(marker, [...part.subarray(4, 16), 0, 0])
  if (marker === APP14 && /^Adobe/.test(name)) yield written(marker, part.subarray(4, 16))
  if (marker !== APP1 || name !== 'Exif') return
  const orientation = orientationAlone(part.subarray(10))
  if (orientation) yield written(marker, [...part.subarray(4, 10), ...orientation])
}

export default async function* (bytes) {
  const chunks = []
  yield bytes.subarray(0, 2)
  for (const [marker, part] of segments(bytes)) {
    if (marker === APP2 && nameOf(part) === 'ICC_PROFILE') chunks.push(part)
    else if (marker >= APP0 && marker <= APP15) yield* application(marker, part)
    else if (marker === SOS || NEEDED.has(marker)) {
      if (marker === SOS && chunks.length) yield* profile(chunks.splice(0))
      yield part
    } else if (marker !== COMMENT) throw new RangeError('unknown')
  }
  yield new Uint8Array([0xff, EOI])
}
