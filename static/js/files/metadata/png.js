// Keeps the chunks that a PNG is drawn from, its colour profile and its orientation.

import { pngChunk as chunk, pngChunks as chunks } from './chunks.js'
import { orientationAlone } from './exif.js'
import withoutNames from './icc.js'

// Their maximum length, so that they can't hide other data.
const NEEDED = { IHDR: 13, PLTE: 768, tRNS: 256, IDAT: Infinity, IEND: 0 }
const OF_COLOURS = { gAMA: 4, cHRM: 32, sRGB: 1, cICP: 4, mDCV: 24, cLLI: 8 }
const OF_FRAMES = { acTL: 8, fcTL: 26, fdAT: Infinity }
const MOST = { ...NEEDED, ...OF_COLOURS, ...OF_FRAMES }
const MAX_PROFILE = 4_000_000 // bytes

// A few compressed bytes could expand to any size.
const inflated = async (bytes) => {
  const parts = []
  let size = 0
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer())
    size += value.length
    if (size > MAX_PROFILE) throw new RangeError('too long')
    parts.push(value)
  }
}

const deflated = (bytes) => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Response(stream).arrayBuffer()
}

// After its name, a zero, and another zero for the only way to compress it.
const profile = async (data) => {
  const start = data.indexOf(0) + 2
  const needed = withoutNames(await inflated(data.subarray(start)))
  return chunk('iCCP', [0x69, 0, 0, ...new Uint8Array(await deflated(needed))])
}

export default async function* (bytes) {
  yield bytes.subarray(0, 8)
  for (const [type, part] of chunks(bytes)) {
    const data = part.subarray(8, -4)
    if (data.length <= MOST[type]) yield part
    else if (/^[A-Z]/.test(type) || type in MOST) throw new RangeError('unknown, or too long')
    if (type === 'iCCP') yield profile(data)
    if (type !== 'eXIf') continue
    const orientation = orientationAlone(data)
    if (orientation) yield chunk(type, orientation)
  }
}
